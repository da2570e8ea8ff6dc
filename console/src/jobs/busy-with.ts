import type { TaskRow } from '../../../src/server/api.ts';
import type { TaskPhase } from '../../../src/store/jobs.ts';
import { statusOf } from './task-status.ts';

/** What a region is busy with, and for how long it was when that was last heard, in milliseconds. */
export function busyWith({ state, phases }: Pick<TaskRow, 'state' | 'phases'>) {
  const last = phases.at(-1);
  if (state !== 'RUNNING' || last === undefined) return undefined;
  const [phase, from, to]: readonly [TaskPhase, number, number] = last;
  return { phase, ms: to - from };
}

/** Regions that run and wait for the cloud, each once. */
export function heldUpIn(tasks: readonly TaskRow[]): readonly string[] {
  const held = tasks.filter((task) => statusOf(task) === 'throttled');
  return [...new Set(held.map(({ region }) => region))];
}
