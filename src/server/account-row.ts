import { limitOfJob } from '#jobs/options.ts';
import { CollectError } from '#model/errors.ts';
import { datedExpiry, type Expiry } from '#model/expiry.ts';
import { knownExpiry } from '#platform/account/expiry.ts';
import { accountOrigins } from '#platform/account/origin.ts';
import { openSecret } from '#platform/secret/accounts.ts';
import { loadProvider } from '#providers/registry.ts';
import type { Account } from '#store/accounts.ts';
import type { Job, JobId } from '#store/jobs.ts';
import type { Store } from '#store/store.ts';
import type { AccountDetail, AccountRow, ExpiryReply } from './account-api.ts';
import { isoTime } from './iso-time.ts';
import { jobSummary } from './job-reply.ts';
import { replaceableOf, wayInOf } from './new-secret.ts';
import type { RunSource } from './run-source.ts';

const mostRuns = 10;
const mostOpened = 100;

/** By its id or, where no account has that id, by its name. @throws CollectError `not_found` */
export async function findAccount({ accounts }: Pick<Store, 'accounts'>, idOrName: string): Promise<Account> {
  if (!/^[1-9]\d{0,14}$/.test(idOrName)) return accounts.get(idOrName);
  return accounts.get(Number(idOrName)).catch((caught: unknown) => {
    if (CollectError.from(caught).code !== 'not_found') throw caught;
    return accounts.get(idOrName);
  });
}

export async function accountRow(account: Account, source: RunSource): Promise<AccountRow> {
  const lastJobs = await source.store.accounts.lastJobs([account]);
  return rowOf(account, lastJobs.get(account.id), source, (await openedOf(account, source)).hint);
}

export async function accountRows(source: RunSource): Promise<AccountRow[]> {
  const { accounts } = source.store;
  const all = await accounts.list();
  const lastJobs = await accounts.lastJobs(all);
  return Promise.all(
    all.map(async (account) => {
      const { hint } = await openedOf(account, source);
      return rowOf(account, lastJobs.get(account.id), source, hint);
    }),
  );
}

/** With what the audit log and its last runs tell of it. */
export async function accountDetail(account: Account, source: RunSource): Promise<AccountDetail> {
  const { store, now } = source;
  const [opened, runs, origins] = await Promise.all([
    openedOf(account, source),
    store.accounts.jobs(account, mostRuns),
    accountOrigins(store.audit, [account]),
  ]);
  const row = await rowOf(account, runs[0]?.id, source, opened.hint);
  const { addedBy, rotatedAt, rotatedBy } = origins.get(account.id) ?? {};
  const fields = opened.stored === undefined ? undefined : (await replaceableOf(account, opened.stored))?.fields;
  return {
    ...row,
    connected: opened.stored === undefined ? null : await wayInOf(account, opened.stored, opened.hint),
    added_by: addedBy ?? null,
    rotated_at: rotatedAt === undefined ? null : isoTime(rotatedAt),
    rotated_by: rotatedBy ?? null,
    opens: await openedBy(account, runs, store),
    runs: runs.map((job) => jobSummary(job, now())),
    replaceable: fields === undefined ? null : { fields },
  };
}

export function expiryReply(expiry: Expiry | undefined): ExpiryReply | null {
  const dated = expiry && datedExpiry(expiry);
  if (dated === undefined) return null;
  return { of: dated.of, at: dated.at === null ? null : isoTime(dated.at) };
}

async function rowOf(
  account: Account,
  lastJob: JobId | undefined,
  { store }: RunSource,
  hint: string | undefined,
): Promise<AccountRow> {
  const { id, provider, name, regions, createdAt, lastUsedAt, status } = account;
  return {
    id,
    provider,
    account: account.account,
    name,
    regions,
    key_hint: hint ?? null,
    created_at: isoTime(createdAt),
    last_used_at: lastUsedAt === undefined ? null : isoTime(lastUsedAt),
    last_job: lastJob ?? null,
    expires: expiryReply(await knownExpiry(store, id)),
    status: {
      state: status.state,
      at: status.state === 'UNKNOWN' ? null : isoTime(status.at),
      error: status.state === 'FAILED' ? status.error : null,
    },
  };
}

interface Opened {
  /** Undefined where it cannot be opened here; reading it says why. */
  readonly stored?: unknown;
  readonly hint?: string | undefined;
}

async function openedOf(account: Account, { store, work }: RunSource): Promise<Opened> {
  if (work === undefined) return {};
  try {
    const provider = await loadProvider(account.provider);
    const stored = provider.parseSecret(await openSecret(store, work.vault.key, account));
    return { stored, hint: provider.keyHint?.(stored) };
  } catch {
    return {};
  }
}

/** One of selected servers opens no more than these need. */
async function openedBy(account: Account, runs: readonly Job[], { accounts }: Store): Promise<readonly string[]> {
  const last = runs.find((run) => limitOfJob(run) === undefined) ?? runs[0];
  return last === undefined ? [] : accounts.opened(account, last.id, mostOpened);
}
