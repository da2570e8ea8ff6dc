/** How many tasks of a provider, or of one of its accounts, may run at once, over all workers. */
export interface ConcurrencyLimit {
  readonly provider: string;
  /** The cloud's own id; all accounts together where absent. */
  readonly account?: string;
  /** 1 or more. */
  readonly tasks: number;
}

export interface LimitStore {
  /** By provider, and account. */
  list(): Promise<readonly ConcurrencyLimit[]>;
  /** Holds for tasks that are put in line from now on. */
  set(limit: ConcurrencyLimit): Promise<void>;
  /** @throws CollectError `not_found` */
  remove(of: Omit<ConcurrencyLimit, 'tasks'>): Promise<void>;
}
