import { z } from 'zod';
import type { AccessTokens } from './access-tokens.ts';
import { ApiError } from './errors.ts';
import { type Identities, type Principal, principalOf } from './identities.ts';
import { timestamp } from './query-params.ts';

const Body = z.object({
  delegates: z.array(z.string()).default([]),
  scope: z.array(z.string()).min(1),
  lifetime: z.stringFormat('duration in seconds', /^\d+(\.\d+)?s$/).default('3600s'),
});

/** What generateAccessToken needs to answer. */
export interface ImpersonationCall {
  readonly email: string;
  readonly body: unknown;
  readonly principal: Principal;
  readonly identities: Identities;
  readonly tokens: AccessTokens;
  /** Longest life of a token. */
  readonly tokenSeconds: number;
}

/** `serviceAccounts.generateAccessToken`: each link of the chain must be allowed to impersonate the next. @throws ApiError */
export function generateAccessToken({
  email,
  body,
  principal,
  identities,
  tokens,
  tokenSeconds,
}: ImpersonationCall): string {
  const parsed = Body.safeParse(body);
  if (!parsed.success) {
    throw new ApiError('INVALID_ARGUMENT', `Request contains an invalid argument: ${z.prettifyError(parsed.error)}`);
  }
  const { delegates, scope, lifetime } = parsed.data;
  const asked = Number.parseFloat(lifetime);
  if (asked > 3600) {
    const message = 'The access token lifetime cannot exceed 3600 seconds.';
    throw new ApiError('INVALID_ARGUMENT', message);
  }
  const emails = [...delegates.map((name) => name.replace(/^projects\/-\/serviceAccounts\//, '')), email];
  const target = emails.reduce((caller, next) => impersonate(caller, next, identities), principal);
  const { token, expiresAtMs } = tokens.issue(target, scope, Math.min(asked, tokenSeconds));
  return JSON.stringify({ accessToken: token, expireTime: timestamp(Math.floor(expiresAtMs / 1000)) });
}

function impersonate(caller: Principal, email: string, identities: Identities): Principal {
  const account = identities.find(email);
  if (account?.impersonatedBy.includes(caller.member)) return principalOf(account);
  const permission = 'iam.serviceAccounts.getAccessToken';
  throw new ApiError('PERMISSION_DENIED', `Permission '${permission}' denied on resource (or it may not exist).`, {
    details: [
      {
        '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
        reason: 'IAM_PERMISSION_DENIED',
        domain: 'iam.googleapis.com',
        metadata: { permission },
      },
    ],
  });
}
