import { hash } from 'node:crypto';
import type { Task } from '#store/jobs.ts';
import { type ConcurrencyLimit, isOwnLimit } from '#store/limits.ts';

/**
 * Deals tasks to lanes, in each of which one task runs at a time: so many lanes as the limits let tasks run at once. The lanes
 * of a limited account are some of those of its provider, so that both limits hold; a task without a limit has a lane to itself.
 *
 * @returns the name of each task's lane
 */
export function lanesOf(tasks: readonly Task[], limits: readonly ConcurrencyLimit[]): ReadonlyMap<Task, string> {
  const load = new Map<string, number>();
  const lanes = new Map<Task, string>();
  // The largest first, each to the lane that has least to do.
  for (const task of tasks.toSorted((a, b) => b.plannedServers - a.plannedServers)) {
    const open = lanesFor(task, limits);
    const lane = open.toSorted((a, b) => (load.get(a) ?? 0) - (load.get(b) ?? 0))[0] ?? `task ${task.id}`;
    load.set(lane, (load.get(lane) ?? 0) + 1 + task.plannedServers);
    lanes.set(task, lane);
  }
  return lanes;
}

function lanesFor(task: Task, limits: readonly ConcurrencyLimit[]): string[] {
  const { provider, account } = task;
  const all = limits.find((limit) => limit.provider === provider && limit.account === undefined)?.tasks;
  const owns = limits.filter((limit) => isOwnLimit(limit, task)).map(({ tasks }) => tasks);
  const own = owns.length === 0 ? undefined : Math.min(...owns);
  if (all !== undefined) {
    const first = numberOf(account);
    return countTo(Math.min(all, own ?? all)).map((at) => `${provider} ${(first + at) % all}`);
  }
  return own === undefined ? [] : countTo(own).map((at) => `${provider} ${account} ${at}`);
}

/** Accounts begin at different lanes of their provider, and each always at the same. */
function numberOf(account: string): number {
  return Number.parseInt(hash('sha256', account, 'hex').slice(0, 8), 16);
}

function countTo(count: number): number[] {
  return Array.from({ length: count }, (_, at) => at);
}
