import { z } from 'zod';
import { CollectError } from '#model/errors.ts';
import { Endpoint } from '#wire/endpoint.ts';

/** A key of the platform itself, in the form that Cloudforet's SpaceONE service accounts have it. */
const PlatformSecret = z.object({
  api_key_id: z.string().optional(),
  /** A JWT: an API key of 1.x, an app's client secret of 2.x. */
  api_key: z.string(),
  /** Of Identity; not needed where the options name all endpoints. */
  endpoint: Endpoint.optional(),
});
export type PlatformSecret = z.infer<typeof PlatformSecret>;

/** Whether secret data is a key of the platform rather than of a cloud. */
export function isPlatformSecret(secretData: object): boolean {
  return 'api_key' in secretData || 'api_key_id' in secretData;
}

/** @throws CollectError `invalid_input` naming the field, never its value */
export function parsePlatformSecret(secretData: object): PlatformSecret {
  const parsed = PlatformSecret.safeParse(secretData);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const where = `secret_data.${issue?.path.join('.') ?? ''}`;
  throw new CollectError('invalid_input', `${where}: ${issue?.message ?? 'malformed'}`, { where });
}
