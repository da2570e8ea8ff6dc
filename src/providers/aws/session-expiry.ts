import type { Expiry } from '#model/expiry.ts';
import type { AwsSecret } from './secret.ts';

/**
 * Access keys have no end. A session of the environment has the one that whoever opened it wrote beside it; of another session
 * token AWS tells none, and sessions that the SDK opens it also renews.
 */
export function sessionExpiry({ from }: AwsSecret, env: NodeJS.ProcessEnv): Expiry | undefined {
  if (from.kind === 'keys') return from.sessionToken === undefined ? { of: 'key', at: null } : undefined;
  if (from.kind !== 'default') return undefined;
  const { AWS_ACCESS_KEY_ID: id, AWS_SESSION_TOKEN: token, AWS_CREDENTIAL_EXPIRATION: end } = env;
  const at = Date.parse(end ?? '');
  return id && token && !Number.isNaN(at) ? { of: 'session', at } : undefined;
}
