import { CollectError, type ErrorCode, reportOf } from '#model/errors.ts';
import { collectTask } from '#platform/plugin/collect-task.ts';
import type { OpenPlugin } from '#platform/plugin/open-plugin.ts';
import type { Fields } from '#platform/plugin/peer.ts';
import { redactError } from '#platform/plugin/redact.ts';
import { openPluginSecret } from '#platform/plugin/registry.ts';
import type { Plugin } from '#store/plugins.ts';
import type { TaskEnd } from '#store/tasks.ts';
import type { PluginOptions } from './options.ts';
import type { TaskContext } from './read-task.ts';
import { openPart } from './sealed-parts.ts';
import { poolOf } from './start-plugin-job.ts';
import type { TaskAttempt } from './task-attempt.ts';

/**
 * Has a plugin collect its part, stores batch by batch what it tells, and how that went. An attempt after another one is told all
 * of it again; what that one stored counts once.
 *
 * @throws CollectError `cancelled` where this worker was stopped before the plugin was done; else what kept it from storing
 */
export async function readPluginTask(
  attempt: TaskAttempt,
  { plugin: name }: PluginOptions,
  context: TaskContext,
): Promise<void> {
  const { vault, clock } = context;
  const { store, key } = vault;
  const plugin = await store.plugins.get(name);
  const pool = poolOf(vault);
  const end = await toldAsEnd(async () => {
    const secretData = await openPluginSecret({ store, key, host: pool.host }, plugin);
    const part = await openPart(key, attempt.job.plan, { plugin: name, task: attempt.task.region });
    return pool.use({ name, reach: plugin.reach, secretData }, (open) =>
      collect(open, { plugin, secretData, part }, attempt, context),
    );
  });
  attempt.ledger.settle(
    { api: 'Collector.collect', account: attempt.task.account, region: attempt.task.region },
    0,
    end.error === undefined ? undefined : new CollectError(end.error.code, end.error.message),
  );
  if (end.state === 'CANCELED' && !context.isCanceled()) {
    throw new CollectError('cancelled', 'this worker was stopped');
  }
  await attempt.end(end, clock.now());
  if (end.error === undefined || end.state === 'CANCELED') return;
  const status = { state: 'FAILED', at: clock.now(), error: end.error } as const;
  // The task has ended; one that was removed meanwhile has no status.
  await store.plugins.update(plugin.id, { status }).catch(() => {});
}

/** These say that the task goes on later, or elsewhere. */
const leaving: readonly ErrorCode[] = ['conflict', 'store_failed', 'cancelled'];

/** What kept a plugin from even beginning is how its task ended. */
async function toldAsEnd(work: () => Promise<TaskEnd>): Promise<TaskEnd> {
  try {
    return await work();
  } catch (caught) {
    const error = CollectError.from(caught);
    if (leaving.includes(error.code)) throw error;
    return { state: 'FAILURE', error: reportOf(error) };
  }
}

interface Subject {
  readonly plugin: Plugin;
  readonly secretData: Fields;
  readonly part: Fields | undefined;
}

async function collect(
  open: OpenPlugin,
  { plugin, secretData, part }: Subject,
  { claim }: TaskAttempt,
  { vault, clock, stopping, signal }: TaskContext,
): Promise<TaskEnd> {
  const over = AbortSignal.any([stopping, signal]);
  try {
    using peer = await open.connect(over);
    const { state, progress, error } = await collectTask({
      messages: peer.collect({ options: plugin.options, secretData }, part),
      read: {
        generation: peer.generation,
        plugin: plugin.name,
        limits: open.limits,
      },
      store: vault.store,
      job: claim.job,
      redact: open.redact,
      earlier: claim.changes,
      isCanceled: () => over.aborted,
      now: clock.now,
      along: (tx, so) => tx.tasks.progress(claim, so),
    });
    return { ...progress, state, ...(error === undefined ? {} : { error }) };
  } catch (caught) {
    throw over.aborted ? new CollectError('cancelled', 'nobody waits for the plugin any more') : redacted(caught, open);
  }
}

/** What we throw ourselves, such as that the task is another worker's, says nothing of secrets; what a plugin says may. */
function redacted(caught: unknown, { redact }: OpenPlugin): CollectError {
  return redactError(CollectError.from(caught), redact);
}
