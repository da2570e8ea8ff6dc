import type { ErrorReport } from '#model/errors.ts';
import type { Job, JobId } from './jobs.ts';

export type AccountId = number;

/** How it went when the account was last used. */
export type AccountStatus =
  | { readonly state: 'UNKNOWN' }
  | { readonly state: 'OK'; readonly at: number }
  | { readonly state: 'FAILED'; readonly at: number; readonly error: ErrorReport };

export interface AccountDraft {
  readonly provider: string;
  /** The cloud's own id of it. */
  readonly account: string;
  /** Unique in the store. */
  readonly name: string;
  /** Empty for all regions. */
  readonly regions: readonly string[];
}

/** An account as it may be shown: without its secret. */
export interface Account extends AccountDraft {
  readonly id: AccountId;
  readonly createdAt: number;
  readonly lastUsedAt?: number;
  readonly status: AccountStatus;
}

export interface AccountStore {
  /**
   * @param seal makes the sealed secret once the account's id is known, so that it can be bound to it
   * @throws CollectError `conflict` where the name is taken
   */
  add(draft: AccountDraft, seal: (id: AccountId) => Uint8Array, now: number): Promise<Account>;
  /** By name. */
  list(): Promise<readonly Account[]>;
  /** By id or name. @throws CollectError `not_found` */
  get(account: AccountId | string): Promise<Account>;
  /** @throws CollectError `not_found` */
  sealedSecret(id: AccountId): Promise<Uint8Array>;
  /** @throws CollectError `not_found` */
  remove(id: AccountId): Promise<void>;
  /** Notes a use. */
  touch(id: AccountId, now: number): Promise<void>;
  updateStatus(id: AccountId, status: AccountStatus): Promise<void>;

  /** The newest job that has a task of each; one that no job has read since it was added is absent. */
  lastJobs(accounts: readonly Account[]): Promise<ReadonlyMap<AccountId, JobId>>;
  /** The newest jobs that have a task of it, newest first. */
  jobs(account: Account, limit: number): Promise<readonly Job[]>;
  /** The accounts of the cloud that a job has tasks of by it, in order. */
  opened(account: Account, job: JobId, limit: number): Promise<readonly string[]>;
}
