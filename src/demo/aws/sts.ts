import type { SimAccount, SimRole } from './accounts.ts';
import type { Credentials, Principal, Session } from './credentials.ts';
import { ApiError, refuse } from './errors.ts';
import { element } from './xml.ts';

/** What STS needs to answer: the form sent, who sent it (nobody for web identities), and the keys it may add to. */
export interface StsCall {
  readonly params: URLSearchParams;
  readonly principal: Principal | undefined;
  readonly accounts: readonly SimAccount[];
  readonly credentials: Credentials;
}

/** Answers an STS action with the inside of its `<Action>Result`. @throws ApiError */
export function answerSts(call: StsCall): string {
  const action = call.params.get('Action') ?? '';
  if (action === 'AssumeRoleWithWebIdentity') return assumeRoleWithWebIdentity(call);
  const { principal } = call;
  if (principal === undefined)
    throw new ApiError('MissingAuthenticationToken', 'Request is missing Authentication Token', 403);
  if (action === 'GetCallerIdentity') return callerIdentity(principal);
  if (action === 'AssumeRole') return assumeRole(call, principal);
  throw refuse('sts', 'unknown_action');
}

function callerIdentity({ arn, userId, account }: Principal): string {
  return element('Arn', arn) + element('UserId', userId) + element('Account', account.id);
}

function assumeRole({ params, accounts, credentials }: StsCall, principal: Principal): string {
  const roleArn = required(params, 'RoleArn');
  const found = findRole(accounts, roleArn);
  const trusted = found?.role.trustedAccounts ?? [found?.account.id];
  const { externalId } = found?.role ?? {};
  const knowsId = externalId === undefined || params.get('ExternalId') === externalId;
  const admitted = knowsId && trusted.includes(principal.account.id);
  if (!found || !admitted) {
    const message = `User: ${principal.arn} is not authorized to perform: sts:AssumeRole on resource: ${roleArn}`;
    throw new ApiError('AccessDenied', message, 403);
  }
  return sessionXml(openSession(credentials, found, params));
}

function assumeRoleWithWebIdentity({ params, accounts, credentials }: StsCall): string {
  const found = findRole(accounts, required(params, 'RoleArn'));
  const token = required(params, 'WebIdentityToken');
  const known = accounts.some(({ roles }) =>
    roles?.some(({ webIdentityTokens }) => webIdentityTokens?.includes(token)),
  );
  if (!known) throw new ApiError('InvalidIdentityToken', 'No OpenIDConnect provider found in your account', 400);
  if (!found?.role.webIdentityTokens?.includes(token)) {
    throw new ApiError('AccessDenied', 'Not authorized to perform sts:AssumeRoleWithWebIdentity', 403);
  }
  return sessionXml(openSession(credentials, found, params)) + element('SubjectFromWebIdentityToken', 'fleetgauge');
}

function openSession(credentials: Credentials, { account, role }: FoundRole, params: URLSearchParams): Session {
  const duration = Number(params.get('DurationSeconds') ?? 3600);
  if (!(duration >= 900 && duration <= 43_200)) {
    throw new ApiError(
      'ValidationError',
      `Value '${duration}' at 'durationSeconds' failed to satisfy constraint: between 900 and 43200`,
    );
  }
  return credentials.openSession(account, role, required(params, 'RoleSessionName'), duration);
}

function sessionXml({ principal, accessKeyId, secretAccessKey, sessionToken, expiresAtMs }: Session): string {
  const keys = [
    element('AccessKeyId', accessKeyId),
    element('SecretAccessKey', secretAccessKey),
    element('SessionToken', sessionToken),
    element('Expiration', new Date(expiresAtMs).toISOString()),
  ];
  const user = element('AssumedRoleId', principal.userId) + element('Arn', principal.arn);
  return `<Credentials>${keys.join('')}</Credentials><AssumedRoleUser>${user}</AssumedRoleUser>`;
}

interface FoundRole {
  readonly account: SimAccount;
  readonly role: SimRole;
}

function findRole(accounts: readonly SimAccount[], arn: string): FoundRole | undefined {
  const [, accountId, name] = /^arn:aws:iam::(\d{12}):role\/(.+)$/.exec(arn) ?? [];
  const account = accounts.find(({ id }) => id === accountId);
  const role = account?.roles?.find((one) => one.name === name);
  return account && role && { account, role };
}

function required(params: URLSearchParams, name: string): string {
  const value = params.get(name);
  if (value) return value;
  throw new ApiError(
    'ValidationError',
    `Value null at '${name}' failed to satisfy constraint: Member must not be null`,
  );
}
