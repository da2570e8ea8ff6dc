import type { JobDetail } from '../../../src/server/api.ts';

/** How much of a run is done, 0 to 1: by servers, and by its regions where no servers were planned. */
export function partDone({ tasks }: Pick<JobDetail, 'tasks'>): number {
  const planned = tasks.reduce((sum, task) => sum + task.planned_servers, 0);
  const done = tasks.reduce((sum, task) => sum + task.done_servers, 0);
  const ended = tasks.filter(({ state }) => state !== 'PENDING' && state !== 'RUNNING').length;
  return planned === 0 ? ended / Math.max(1, tasks.length) : Math.min(1, done / planned);
}
