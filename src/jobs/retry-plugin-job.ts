import { CollectError } from '#model/errors.ts';
import { isOpen, type Job, type TaskId } from '#store/jobs.ts';
import { refuseBusy } from './collect-job.ts';
import type { PluginOptions } from './options.ts';
import type { Vault } from './saved-targets.ts';
import { hasParts } from './sealed-parts.ts';
import type { TaskQueue } from './task-queue.ts';

/**
 * Has workers collect again what failed of a plugin's job that has ended, or was not done. Where nothing else failed, the plugin
 * is well until a task fails anew.
 *
 * @param only some of what failed, and nothing else
 * @throws CollectError `invalid_input` where the plugin never said what there is to collect; `conflict` where it is collecting
 *   now; `not_found` where nothing is left to be done, or the plugin is gone
 */
export async function retryPluginJob(
  { id, plan }: Job,
  { plugin }: PluginOptions,
  { vault: { store, now }, queue }: { readonly vault: Vault; readonly queue: TaskQueue },
  only?: readonly TaskId[],
): Promise<Job> {
  if (!hasParts(plan)) {
    const fix = `run the plugin again: fleetgauge collector run ${plugin}`;
    throw new CollectError('invalid_input', 'nobody kept what the plugin was to collect', { where: `job ${id}`, fix });
  }
  return store.transaction(async (tx) => {
    await tx.jobs.takeTurn();
    await refuseBusy(tx, [plugin]);
    const known = await tx.plugins.get(plugin);
    const again = { instead: [], tasks: [], ...(only === undefined ? {} : { only }) };
    await queue.add(tx, await tx.jobs.retry(id, again, now()));
    const { job, tasks } = await tx.jobs.get(id);
    if (tasks.every((task) => isOpen(task) || task.error === null)) {
      await tx.plugins.update(known.id, { status: { state: 'OK', at: now() } });
    }
    return job;
  });
}
