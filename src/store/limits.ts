/** Stands as the provider of a limit on a plugin, whose name is the account: it holds whatever cloud the plugin reads. */
export const ofPlugins = 'plugin';

/** How many tasks of a provider, or of one of its accounts, or of a plugin, may run at once, over all workers. */
export interface ConcurrencyLimit {
  readonly provider: string;
  /** The cloud's own id; all accounts together where absent. */
  readonly account?: string;
  /** 1 or more. */
  readonly tasks: number;
}

export interface LimitStore {
  /** Those that somebody set, by provider, and account. */
  list(): Promise<readonly ConcurrencyLimit[]>;
  /** The same and, of the plugins among these accounts that nobody set one of, what the plugin says that it bears. */
  inForce(accounts: readonly string[]): Promise<readonly ConcurrencyLimit[]>;
  /** Holds for tasks that are put in line from now on. */
  set(limit: ConcurrencyLimit): Promise<void>;
  /** @throws CollectError `not_found` */
  remove(of: Omit<ConcurrencyLimit, 'tasks'>): Promise<void>;
}

/** As far as limits tell tasks apart. */
export interface LimitedTask {
  readonly provider: string;
  readonly account: string;
  /** The saved account that it is read with; a plugin's task has none. */
  readonly source?: string | null | undefined;
}

/** Whether a limit is on tasks of one account, or of one plugin, and this is one of them. */
export function isOwnLimit(limit: ConcurrencyLimit, { provider, account, source }: LimitedTask): boolean {
  if (limit.account !== account) return false;
  // An account may have the name of a plugin.
  const isOfPlugin = (source ?? null) === null;
  return limit.provider === provider || (limit.provider === ofPlugins && isOfPlugin);
}
