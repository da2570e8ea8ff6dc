import { RunOptions } from '#jobs/options.ts';
import { CollectError } from '#model/errors.ts';
import type { Expiry } from '#model/expiry.ts';
import { knownExpiry } from '#platform/account/expiry.ts';
import { accountOrigins } from '#platform/account/origin.ts';
import { openSecret } from '#platform/secret/accounts.ts';
import { loadProvider } from '#providers/registry.ts';
import type { Account } from '#store/accounts.ts';
import type { Job } from '#store/jobs.ts';
import type { Store } from '#store/store.ts';
import type { AccountDetail, AccountRow, ExpiryReply } from './account-api.ts';
import { isoTime } from './iso-time.ts';
import { jobSummary } from './job-reply.ts';
import { replaceableOf, wayInOf } from './new-secret.ts';
import type { RunSource } from './run-source.ts';

/** In which the runs of an account are looked for. */
export const recentJobs = 50;
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

export async function accountRow(account: Account, jobs: readonly Job[], source: RunSource): Promise<AccountRow> {
  return rowOf(account, jobs, source, (await openedOf(account, source)).hint);
}

/** With what the audit log and its last runs tell of it. */
export async function accountDetail(account: Account, source: RunSource): Promise<AccountDetail> {
  const { store, now } = source;
  const [opened, jobs, origins] = await Promise.all([
    openedOf(account, source),
    store.jobs.list({ limit: recentJobs }),
    accountOrigins(store.audit, [account]),
  ]);
  const runs = jobs.filter((job) => reads(job, account)).slice(0, mostRuns);
  const row = await rowOf(account, runs, source, opened.hint);
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
  if (expiry === undefined) return null;
  return { of: expiry.of, at: expiry.at === null ? null : isoTime(expiry.at) };
}

async function rowOf(
  account: Account,
  jobs: readonly Job[],
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
    last_job: jobs.find((job) => reads(job, account))?.id ?? null,
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

/** The accounts of the cloud that its last run read. */
async function openedBy({ name }: Account, [last]: readonly Job[], { jobs }: Store): Promise<string[]> {
  if (last === undefined) return [];
  const { tasks } = await jobs.get(last.id);
  const own = tasks.filter(({ source }) => source === name).map(({ account }) => account);
  return [...new Set(own)].toSorted().slice(0, mostOpened);
}

/** A run of all accounts reads those that there were when it began; one of some servers reads none. */
function reads(job: Job, { name, createdAt }: Account): boolean {
  const options = RunOptions.safeParse(job.options);
  if (!options.success || job.startedAt < createdAt) return false;
  const { accounts, servers } = options.data;
  if (servers !== undefined) return false;
  return accounts.length === 0 || accounts.includes(name);
}
