import { Ledger } from '#collect/ledger.ts';
import { CollectError } from '#model/errors.ts';
import { noCost } from '#model/fleet.ts';
import type { PluginPool } from '#platform/plugin/pool.ts';
import { openPluginSecret } from '#platform/plugin/registry.ts';
import type { Job } from '#store/jobs.ts';
import type { Plugin } from '#store/plugins.ts';
import { refuseBusy } from './collect-job.ts';
import type { PluginOptions } from './options.ts';
import { askParts, draftsOf, type Parts } from './plugin-parts.ts';
import type { Vault } from './saved-targets.ts';
import { sealParts } from './sealed-parts.ts';
import type { StartContext, WithJob } from './start-job.ts';
import { storedLedger } from './stored-ledger.ts';

type PluginStart = Pick<StartContext, 'vault' | 'queue' | 'signal'>;

/**
 * Has a plugin cut its work into parts, and leaves those to the workers: its tasks and their places in the queue are one
 * transaction. A plugin that does not even begin leaves a job, too, which says why.
 *
 * @throws CollectError `not_found` for a plugin that is not registered, `conflict` where it is collecting now;
 *   `secret_rejected` where its secret cannot be opened
 */
export async function startPluginJob(
  { plugin: name }: PluginOptions,
  { vault, queue, signal }: PluginStart,
  along?: WithJob,
): Promise<Job> {
  const { store, key, now } = vault;
  const known = await store.plugins.get(name);
  await store.jobs.adoptInterrupted(now());
  await refuseBusy(store, [name]);
  const provider = known.account === undefined ? undefined : (await store.accounts.get(known.account)).provider;
  const ledger = new Ledger();
  const parts = await partsOf(known, vault, ledger, signal);
  const drafts = draftsOf(await store.plugins.get(name), provider, parts);
  const seal = 'tasks' in parts ? await sealParts(key, parts.tasks) : undefined;
  const names = drafts.map(({ region }) => region);
  return store.transaction(async (tx) => {
    await tx.jobs.takeTurn();
    // Asked again: another run may have begun meanwhile, and from here on none does.
    await refuseBusy(tx, [name]);
    const { job, tasks } = await tx.jobs.create(
      {
        demo: false,
        options: { plugin: name },
        plan: { tasks: drafts.length, ...(seal && { parts: seal(name, names) }) },
        planned: noCost,
        runsOn: 'workers',
        ownerPid: process.pid,
        tasks: drafts,
      },
      now(),
    );
    await tx.jobs.addToLedger(job.id, storedLedger(ledger));
    await queue.add(
      tx,
      tasks.filter(({ state }) => state === 'PENDING'),
    );
    const [error] = tasks.flatMap((task) => task.error ?? []);
    const status = error === undefined ? ({ state: 'OK' } as const) : ({ state: 'FAILED', error } as const);
    await tx.plugins.update(known.id, { lastJob: job.id, status: { ...status, at: now() } });
    await along?.(tx, job);
    await tx.jobs.settle(job.id, now());
    return (await tx.jobs.get(job.id)).job;
  });
}

async function partsOf(plugin: Plugin, vault: Vault, ledger: Ledger, signal: AbortSignal): Promise<Parts> {
  const { name, reach, options } = plugin;
  const pool = poolOf(vault);
  const secretData = await openPluginSecret({ ...vault, host: pool.host }, plugin);
  const request = { plugin, call: { options, secretData }, store: vault.store, ledger, signal };
  try {
    return await pool.use({ name, reach, secretData }, (open) => askParts(open, request));
  } catch (caught) {
    return { error: CollectError.from(caught) };
  }
}

/** @throws CollectError `internal` */
export function poolOf({ plugins }: Vault): PluginPool {
  if (plugins !== undefined) return plugins;
  throw new CollectError('internal', 'this process runs no plugins');
}
