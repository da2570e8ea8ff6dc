import type { Clock } from '#collect/clock.ts';
import { type CheckOptions, checkAccess } from '#jobs/check-access.ts';
import { savedTarget, type Vault } from '#jobs/saved-targets.ts';
import type { StartContext } from '#jobs/start-job.ts';
import { CollectError } from '#model/errors.ts';
import { noCost } from '#model/fleet.ts';
import { globalRegion } from '#model/region.ts';
import type { Account } from '#store/accounts.ts';
import { accessReply } from './access-reply.ts';
import type { AccessReply } from './account-api.ts';
import type { SourceTest } from './source-api.ts';

/** Accounts that one test signs in to, at most. */
const mostAccounts = 10;

interface Tested {
  readonly provider: string;
  /** All of an account's where absent. */
  readonly region: string | undefined;
}

type TestContext = Pick<StartContext, 'vault' | 'paceOf' | 'calls'>;

/** Each account has `limitMs`, and then tells what it has found. */
interface About extends Pick<CheckOptions, 'signal' | 'limitMs'> {
  readonly clock: Clock;
}

/**
 * Makes each kind of call that reading servers takes, with the saved accounts of a provider; nothing that bills.
 *
 * @throws CollectError `not_found` where no account of it is saved, or it cannot have such a region; `cancelled`
 */
export async function testSource(
  { provider, region }: Tested,
  context: TestContext,
  about: About,
): Promise<SourceTest> {
  const { vault } = context;
  const saved = (await vault.store.accounts.list()).filter((account) => account.provider === provider);
  if (saved.length === 0) {
    throw new CollectError('not_found', 'there is no account that it could be asked with', {
      where: provider,
      fix: `fleetgauge account add ${provider}`,
    });
  }
  const regions = region === undefined || region === globalRegion ? [] : [region];
  await refuseUnknown(provider, regions, vault);
  const accounts = await Promise.all(
    saved.slice(0, mostAccounts).map(async (account) => ({
      name: account.name,
      ...freeOnly(await testAccount(account, regions, context, about)),
    })),
  );
  return { is_ok: accounts.every(({ report }) => report.is_ok), account_count: saved.length, accounts };
}

async function refuseUnknown(provider: string, regions: readonly string[], { loadProvider }: Vault): Promise<void> {
  const { name, regionForm } = await loadProvider(provider);
  const unknown = regions.find((region) => !regionForm.test(region));
  if (unknown !== undefined) throw new CollectError('not_found', `'${unknown}' is not a region of ${name}`);
}

/** One whose secret cannot even be opened is told of like one that the cloud does not let in. */
async function testAccount(
  account: Account,
  regions: readonly string[],
  { vault, paceOf, calls }: TestContext,
  about: About,
): Promise<AccessReply> {
  try {
    const target = await savedTarget(vault, account, regions);
    return accessReply(await checkAccess(target, { ...about, paceOf, calls, isFree: true }), target.provider);
  } catch (caught) {
    const error = CollectError.from(caught);
    if (about.signal.aborted) throw error;
    return accessReply(
      { principal: undefined, accounts: [], checks: [], spent: noCost, expiry: undefined, error, isPartial: false },
      { id: account.provider },
    );
  }
}

/** What was not called because it bills is no failure. */
function freeOnly(reply: AccessReply): { readonly report: AccessReply; readonly not_called: readonly string[] } {
  const isBilled = ({ error }: { readonly error: AccessReply['error'] }) => error?.code === 'budget_exceeded';
  const checks = reply.checks.filter((check) => !isBilled(check));
  const accounts = reply.accounts.map(({ failures, ...account }) => ({
    ...account,
    failures: failures.filter((failure) => !isBilled(failure)),
  }));
  const is_ok =
    reply.error === null &&
    checks.every(({ error }) => error === null) &&
    accounts.every(({ failures }) => failures.length === 0);
  const report = { ...reply, accounts, checks, is_ok };
  return { report, not_called: reply.checks.filter(isBilled).map(({ api }) => api) };
}
