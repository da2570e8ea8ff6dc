import { z } from 'zod';
import { CollectError } from '#model/errors.ts';

const Secret = z.strictObject({
  endpoint: z.string().refine(isSafeEndpoint, 'must be https, or http to this machine'),
  token: z.string().min(1),
});
export type Secret = z.infer<typeof Secret>;

/** @throws CollectError `invalid_input` naming the field, never its value */
export function parseSecret(input: unknown): Secret {
  const parsed = Secret.safeParse(input);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new CollectError(
    'invalid_input',
    `Template Cloud credentials: ${issue?.path.join('.') || 'secret'}: ${issue?.message ?? 'malformed'}`,
  );
}

function isSafeEndpoint(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname } = new URL(text);
  return protocol === 'https:' || (protocol === 'http:' && /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname));
}
