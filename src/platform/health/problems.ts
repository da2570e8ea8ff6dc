import type { ErrorCode, ErrorReport } from '#model/errors.ts';
import { anyRegion } from '#model/region.ts';
import type { JobId, NewestTask, Task, TaskId } from '#store/jobs.ts';
import type { Store } from '#store/store.ts';

/** What is looked at at most, and how much of it at once. */
const mostTasks = 5_000;
const tasksAtOnce = 500;
/** Of one code, fixes that are told. */
const mostFixes = 5;

/** Which problems are looked at; all where nothing is given. */
export interface ProblemFilter {
  readonly provider?: string;
  readonly account?: string;
  readonly region?: string;
  readonly code?: ErrorCode;
  /** Epoch milliseconds: those that ended since. */
  readonly since?: number;
}

/** One cause in one task. */
interface Problem {
  readonly task: Task;
  readonly error: ErrorReport;
  /** Of servers that could not be read; of a task that ended, those that it was to read and did not. */
  readonly servers: number;
  /** Whether the place has not been read since; to read some of its servers counts for what a run of the same ones met. */
  readonly isOpen: boolean;
}

/** All problems of one account and region. */
export interface ProblemCell {
  readonly provider: string;
  readonly account: string;
  readonly region: string;
  /** Runs that met one. */
  readonly times: number;
  /** Whether the last run of the place met one, too. */
  readonly isOpen: boolean;
  /** Most first. */
  readonly codes: readonly ErrorCode[];
}

/** All problems with one code. */
export interface ProblemCause {
  readonly code: ErrorCode;
  readonly times: number;
  /** Accounts and regions that met it. */
  readonly places: number;
  /** Those of which the last run met it, too. */
  readonly open: number;
  /** Servers that the last runs of the open places could not read for it. */
  readonly servers: number;
  /** Epoch milliseconds; undefined where no task has ended. */
  readonly first: number | undefined;
  readonly last: number | undefined;
  /** The newest runs that met it. */
  readonly jobs: readonly JobId[];
  /** Each once, most first, with the newest message that it was said with. One for all where there is one. */
  readonly fixes: readonly { readonly fix: string | undefined; readonly message: string; readonly times: number }[];
  readonly fixCount: number;
}

export interface Problems {
  /** Open ones first. */
  readonly cells: readonly ProblemCell[];
  readonly causes: readonly ProblemCause[];
  /** What a retry of exactly these would do again: failed tasks of last runs, by job. */
  readonly retryable: ReadonlyMap<JobId, readonly TaskId[]>;
  /** Older ones were not looked at. */
  readonly isCut: boolean;
}

/** What went wrong, where, since when, and what of it is still so. */
export async function readProblems(store: Store, filter: ProblemFilter = {}): Promise<Problems> {
  const { tasks, isCut } = await readTasks(store, filter);
  const oldest = tasks.reduce((id, task) => Math.min(id, task.id), Number.MAX_SAFE_INTEGER);
  const isStillSo = openOf(await store.jobs.newestTasks(oldest));
  const problems = tasks.flatMap((task) => problemsOf(task, isStillSo(task), filter));
  const retried = new Map(problems.flatMap(({ task, isOpen }) => (isOpen && hasEnded(task) ? [[task.id, task]] : [])));
  return {
    cells: cellsOf(problems),
    causes: causesOf(problems),
    retryable: new Map(
      [...Map.groupBy(retried.values(), ({ job }) => job)].map(([job, own]) => [job, own.map(({ id }) => id)]),
    ),
    isCut,
  };
}

/** Whether what a task met has not been read since. */
function openOf(newest: readonly NewestTask[]): (task: Task) => boolean {
  const byId = new Map(newest.map((task) => [task.id, task]));
  const wholly = new Map(newest.flatMap((task) => (task.limit === undefined ? [[placeKey(task), task.id]] : [])));
  const bySource = Map.groupBy(newest, ({ source }) => source);
  const byAccount = Map.groupBy(newest, accountKey);
  return (task) => {
    const own = byId.get(task.id);
    if (own === undefined || task.id < (wholly.get(placeKey(task)) ?? 0)) return false;
    if (task.region !== anyRegion) return true;
    // Who did not let us in has no place: that they do is shown by whatever a later run read of the account or, where it was
    // the secret that was refused, with that. Its own run reads what it could.
    const others = (task.account === task.source ? bySource.get(task.source) : byAccount.get(accountKey(task))) ?? [];
    return !others.some(
      ({ id, job, limit }) => id > task.id && job !== task.job && (limit === undefined || limit === own.limit),
    );
  };
}

async function readTasks(store: Store, { provider, account, region, since }: ProblemFilter) {
  const tasks: Task[] = [];
  let before: TaskId | undefined;
  for (let read = 0; read < mostTasks; read += tasksAtOnce) {
    const page = await store.jobs.problems({
      limit: tasksAtOnce,
      ...(before === undefined ? {} : { before }),
      ...(since === undefined ? {} : { since }),
    });
    tasks.push(
      ...page.filter(
        (task) =>
          task.provider === (provider ?? task.provider) &&
          task.account === (account ?? task.account) &&
          task.region === (region ?? task.region),
      ),
    );
    before = page.at(-1)?.id;
    if (page.length < tasksAtOnce) return { tasks, isCut: false };
  }
  return { tasks, isCut: true };
}

/** One cause of a task counts once, however many messages it came with. */
function problemsOf(task: Task, isOpen: boolean, { code }: ProblemFilter): Problem[] {
  const unread = Math.max(0, task.plannedServers - task.doneServers);
  const found = [
    ...(task.error === null ? [] : [{ error: task.error, servers: unread }]),
    ...task.failures.map(({ error, count }) => ({ error, servers: count })),
  ].filter(({ error }) => error.code === (code ?? error.code));
  return [...Map.groupBy(found, ({ error }) => `${error.code}\n${error.fix ?? ''}`).values()].flatMap((same) => {
    const [first] = same;
    const servers = same.reduce((sum, each) => sum + each.servers, 0);
    return first === undefined ? [] : [{ task, error: first.error, servers, isOpen }];
  });
}

function hasEnded({ state }: Task): boolean {
  return state !== 'PENDING' && state !== 'RUNNING';
}

function cellsOf(problems: readonly Problem[]): ProblemCell[] {
  return [...Map.groupBy(problems, ({ task }) => placeKey(task)).values()]
    .flatMap((own) => {
      const [newest] = own;
      if (newest === undefined) return [];
      const { provider, account, region } = newest.task;
      const codes = mostFirst(own, ({ error }) => error.code).map(([code]) => code);
      const times = new Set(own.map(({ task }) => task.id)).size;
      return [{ provider, account, region, times, isOpen: own.some(({ isOpen }) => isOpen), codes }];
    })
    .toSorted((a, b) => Number(b.isOpen) - Number(a.isOpen) || b.times - a.times);
}

function causesOf(problems: readonly Problem[]): ProblemCause[] {
  return [...Map.groupBy(problems, ({ error }) => error.code)]
    .map(([code, own]) => {
      const open = own.filter(({ isOpen }) => isOpen);
      const ended = own.flatMap(({ task }) => task.finishedAt ?? []);
      const fixes = mostFirst(own, ({ error }) => error.fix ?? error.message);
      return {
        code,
        times: new Set(own.map(({ task }) => task.id)).size,
        places: new Set(own.map(({ task }) => placeKey(task))).size,
        open: new Set(open.map(({ task }) => placeKey(task))).size,
        servers: serversOf(open),
        first: ended.length === 0 ? undefined : ended.reduce((a, b) => Math.min(a, b)),
        last: ended.length === 0 ? undefined : ended.reduce((a, b) => Math.max(a, b)),
        jobs: [...new Set(own.map(({ task }) => task.job))].slice(0, 5),
        fixes: fixes.slice(0, mostFixes).flatMap(([, same]) => {
          const [newest] = same;
          return newest === undefined
            ? []
            : [{ fix: newest.error.fix, message: newest.error.message, times: same.length }];
        }),
        fixCount: fixes.length,
      };
    })
    .toSorted((a, b) => b.open - a.open || b.times - a.times);
}

/** Of a task that met a code in several ways, the same servers may have met all of them. */
function serversOf(problems: readonly Problem[]): number {
  const most = new Map<TaskId, number>();
  for (const { task, servers } of problems) most.set(task.id, Math.max(servers, most.get(task.id) ?? 0));
  return [...most.values()].reduce((sum, servers) => sum + servers, 0);
}

function mostFirst<T, K>(all: readonly T[], keyOf: (each: T) => K): [key: K, same: T[]][] {
  return [...Map.groupBy(all, keyOf)].toSorted(([, a], [, b]) => b.length - a.length);
}

function placeKey({ provider, account, region }: Pick<Task, 'provider' | 'account' | 'region'>): string {
  return [provider, account, region].join('\n');
}

function accountKey({ provider, account }: Pick<Task, 'provider' | 'account'>): string {
  return [provider, account].join('\n');
}
