import { z } from 'zod';
import { CollectError, type ErrorCode } from '#model/errors.ts';

/** What @azure/identity threw: the answer of Entra ID is in the cause. */
const Thrown = z.object({
  name: z.string(),
  message: z.string(),
  cause: z.object({ status: z.number().optional() }).optional().catch(undefined),
});

/**
 * What sign-in failed of, as one of ours. The cause is left out on purpose: the library keeps the request in it, and the
 * request holds the secret.
 */
export function fromSignIn(caught: unknown): CollectError {
  if (caught instanceof CollectError) return caught;
  const parsed = Thrown.safeParse(caught);
  if (!parsed.success) return new CollectError('internal', 'entra:token: failed without an error');
  const { name, message, cause } = parsed.data;
  if (name === 'AbortError') return new CollectError('cancelled', 'entra:token: stopped');
  const code = codeOf(name, message, cause?.status);
  return new CollectError(code, `entra:token: ${readable(message)}`, { where: 'tenant', fix: fixOf(code) });
}

function codeOf(name: string, message: string, status: number | undefined): ErrorCode {
  if (status === 429) return 'rate_limited';
  if (status !== undefined && status >= 500) return 'unavailable';
  if (message.startsWith('endpoints_resolution_error')) return 'unavailable';
  // A way in that is not there, such as the identity of a machine that is none of Azure's, does not come by waiting.
  if (name === 'CredentialUnavailableError') return 'secret_rejected';
  return message.startsWith('network_error') || name === 'RestError' ? 'unavailable' : 'secret_rejected';
}

function fixOf(code: ErrorCode): string {
  return code === 'secret_rejected'
    ? 'check tenant, client id and credentials; where none are given, sign in with `az login`'
    : 'check the network and the authority, then try again';
}

/** `AADSTS7000215: Invalid client secret provided.`, without the numbers of this one request. */
function readable(message: string): string {
  const [told] = /AADSTS\d+:[^\r\n]*?(?=\s*(?:-\s)?(?:Trace ID|Correlation ID)|\r|\n|$)/.exec(message) ?? [];
  return (told ?? message.split('\n')[0] ?? '').slice(0, 500);
}
