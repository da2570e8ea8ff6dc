import type { AccessCheck, AccessReport } from '#jobs/check-access.ts';
import { reportOf } from '#model/errors.ts';
import type { Provider } from '#model/provider.ts';
import { defaultName } from '#platform/account/name.ts';
import type { AccessCheckRow, AccessReply } from './account-api.ts';
import { expiryReply } from './account-row.ts';
import { costReply } from './job-reply.ts';

export function accessReply(
  { principal, accounts, checks, spent, expiry, error }: AccessReport,
  provider: Pick<Provider, 'id' | 'grant'>,
): AccessReply {
  const rows = checks.map((check) => accessCheckRow(check, provider));
  // What was refused without a call, no check tells of.
  const told = new Set(checks.flatMap(({ failures }) => failures.map((each) => each.error.message)));
  const refused = accounts.flatMap(({ failures }) => failures.map((each) => each.error));
  const cause = error ?? refused.find(({ message }) => !told.has(message));
  const servers = accounts.flatMap(({ regions }) => regions).reduce((sum, region) => sum + region.servers, 0);
  return {
    is_ok: cause === undefined && refused.length === 0 && rows.every((row) => row.error === null),
    principal: principal ?? null,
    usual_name: principal === undefined ? null : defaultName(provider.id, principal),
    servers,
    accounts: accounts.map(({ failures, name, ...account }) => ({
      ...account,
      name: name ?? null,
      failures: failures.map(({ region, error }) => ({ region, error: reportOf(error) })),
    })),
    checks: rows,
    spent: costReply(spent),
    expires: expiryReply(expiry),
    error: cause === undefined ? null : reportOf(cause),
  };
}

export function accessCheckRow(
  { api, calls, tookMs, failures }: AccessCheck,
  provider: Pick<Provider, 'grant'>,
): AccessCheckRow {
  const [first] = failures;
  const isRefused = failures.some((each) => each.error.code === 'access_denied');
  return {
    api,
    calls,
    took_ms: Math.round(tookMs),
    failed_in: failures.map(({ account, region }) => `${account}/${region}`).toSorted(),
    error: first === undefined ? null : reportOf(first.error),
    grant: isRefused ? (provider.grant?.([api]) ?? null) : null,
  };
}
