import { z } from 'zod';
import type { AzureSecret } from './secret.ts';

const Claims = z.object({
  tid: z.string().optional(),
  upn: z.string().optional(),
  unique_name: z.string().optional(),
  appid: z.string().optional(),
  azp: z.string().optional(),
  oid: z.string().optional(),
});

/**
 * Who we are: `<client id>@<tenant id>`, or the user's name. Read from the token, whose signature is for the services to
 * check: it is shown, and nothing depends on it.
 */
export function principalOf({ from }: AzureSecret, token: string): string {
  const { tid, upn, unique_name, appid, azp, oid } = claimsOf(token);
  const user = upn ?? unique_name;
  if (user !== undefined) return user;
  const client = ('clientId' in from ? from.clientId : undefined) ?? appid ?? azp ?? oid;
  const tenant = tid ?? ('tenantId' in from ? from.tenantId : undefined);
  return [client ?? from.kind, tenant].filter((part) => part !== undefined).join('@');
}

function claimsOf(token: string): z.infer<typeof Claims> {
  try {
    const parsed = Claims.safeParse(JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()));
    return parsed.success ? parsed.data : {};
  } catch {
    return {};
  }
}
