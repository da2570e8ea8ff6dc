import { z } from 'zod';
import { CollectError } from '#model/errors.ts';
import { fixes, isAbort } from './errors.ts';

/** What a token endpoint says of a refusal: OAuth's own form, or that of Google's APIs. */
const Saying = z.union([
  z
    .object({ error: z.string(), error_description: z.string().default('') })
    .transform(({ error, error_description: why }) => (why === '' ? error : `${error}: ${why}`)),
  z.object({ error: z.object({ message: z.string() }) }).transform(({ error }) => error.message),
]);

/** What Google's library throws where a token endpoint refuses. */
const TokenFailure = z.object({
  response: z.object({ status: z.number(), data: Saying.optional().catch(undefined) }),
});

/** What getting a token failed of. The library's errors hold the request, and so the secret: none is kept as a cause. */
export function fromTokenFailure(caught: unknown): unknown {
  if (caught instanceof CollectError || isAbort(caught)) return caught;
  const failure = TokenFailure.safeParse(caught);
  if (!failure.success) return fromLibrary(caught);
  const { status, data } = failure.data.response;
  const code = tokenCodeOf(status);
  return new CollectError(code, `oauth2:token: ${data ?? status}`, { fix: tokenFixes[code] });
}

function tokenCodeOf(status: number): keyof typeof tokenFixes {
  if (status === 429) return 'rate_limited';
  if (status >= 500) return 'unavailable';
  return status === 403 ? 'access_denied' : 'secret_rejected';
}

const tokenFixes = {
  ...fixes,
  access_denied: 'grant roles/iam.serviceAccountTokenCreator on the account to act as',
} as const;

/** No credentials, a key that cannot be read, or no answer. */
function fromLibrary(caught: unknown): CollectError {
  const message = caught instanceof Error ? caught.message : String(caught);
  const isNetwork =
    caught instanceof Error && (isNetworkCode(caught) || /fetch failed|terminated|aborted|timeout/.test(message));
  if (isNetwork) return new CollectError('unavailable', `oauth2:token: ${message}`, { fix: fixes.unavailable });
  return new CollectError('secret_rejected', `oauth2:token: ${message}`, {
    fix: message.includes('default credentials')
      ? 'run `gcloud auth application-default login`, or give a key by --credentials-file'
      : fixes.secret_rejected,
  });
}

function isNetworkCode(error: Error): boolean {
  return 'code' in error && typeof error.code === 'string' && /^(E[A-Z]{3,}|UND_ERR_\w+)$/.test(error.code);
}
