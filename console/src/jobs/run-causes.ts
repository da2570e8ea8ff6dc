import type { ErrorReport } from '../../../src/model/errors.ts';
import type { TaskRow } from '../../../src/server/api.ts';

/** One cause, wherever it was met. */
export interface RunCause {
  readonly code: ErrorReport['code'];
  readonly message: string;
  readonly fix: string | undefined;
  /** Without doubles. */
  readonly tasks: readonly TaskRow[];
  /** That could not be read because of it; regions that could not be read at all do not know how many they have. */
  readonly servers: number;
}

/** Those that hit most regions first. */
export function causesOf(tasks: readonly TaskRow[]): readonly RunCause[] {
  const causes = new Map<string, RunCause>();
  const add = (task: TaskRow, { code, message, fix }: ErrorReport, servers: number) => {
    const key = `${code} ${plainOf(message, task)} ${fix ?? ''}`;
    const known = causes.get(key) ?? { code, message, fix, tasks: [], servers: 0 };
    const tasks = known.tasks.includes(task) ? known.tasks : [...known.tasks, task];
    causes.set(key, { ...known, tasks, servers: known.servers + servers });
  };
  for (const task of tasks) {
    if (task.error !== null) add(task, task.error, 0);
    for (const { error, count } of task.failures) add(task, error, count);
  }
  return [...causes.values()].toSorted((a, b) => b.tasks.length - a.tasks.length || b.servers - a.servers);
}

/** The same words about another place are the same cause. */
function plainOf(message: string, { account, region }: TaskRow): string {
  return message.replaceAll(account, '').replaceAll(region, '');
}
