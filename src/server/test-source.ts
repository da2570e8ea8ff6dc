import type { Clock } from '#collect/clock.ts';
import { checkAccess } from '#jobs/check-access.ts';
import { savedTarget } from '#jobs/saved-targets.ts';
import type { StartContext } from '#jobs/start-job.ts';
import { CollectError } from '#model/errors.ts';
import { accessReply } from './access-reply.ts';
import type { AccessReply } from './account-api.ts';
import type { SourceTest } from './source-api.ts';

/** Of clouds whose metrics are asked for all regions at once. */
const globalRegion = 'global';
/** Accounts that one test signs in to, at most. */
const mostAccounts = 10;

interface Tested {
  readonly provider: string;
  /** All of an account's where absent. */
  readonly region: string | undefined;
}

/**
 * Makes each kind of call that reading servers takes, with the saved accounts of a provider; nothing that bills.
 *
 * @throws CollectError `not_found` where no account of it is saved, `cancelled`
 */
export async function testSource(
  { provider, region }: Tested,
  { vault, calls }: Pick<StartContext, 'vault' | 'calls'>,
  { signal, clock }: { readonly signal: AbortSignal; readonly clock: Clock },
): Promise<SourceTest> {
  const saved = (await vault.store.accounts.list()).filter((account) => account.provider === provider);
  if (saved.length === 0) {
    throw new CollectError('not_found', 'there is no account that it could be asked with', {
      where: provider,
      fix: `fleetgauge account add ${provider}`,
    });
  }
  const accounts = await Promise.all(
    saved.slice(0, mostAccounts).map(async (account) => {
      const target = await savedTarget(vault, account, region === undefined || region === globalRegion ? [] : [region]);
      const report = await checkAccess(target, { signal, clock, calls, isFree: true });
      return { name: account.name, ...freeOnly(accessReply(report, target.provider)) };
    }),
  );
  return { is_ok: accounts.every(({ report }) => report.is_ok), accounts };
}

/** What was not called because it bills is no failure. */
function freeOnly(reply: AccessReply): { readonly report: AccessReply; readonly not_called: readonly string[] } {
  const isBilled = ({ error }: AccessReply['checks'][number]) => error?.code === 'budget_exceeded';
  const checks = reply.checks.filter((check) => !isBilled(check));
  const is_ok = reply.error === null && checks.every(({ error }) => error === null);
  return { report: { ...reply, checks, is_ok }, not_called: reply.checks.filter(isBilled).map(({ api }) => api) };
}
