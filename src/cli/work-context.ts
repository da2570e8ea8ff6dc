import { hostname } from 'node:os';
import { systemClock } from '#collect/clock.ts';
import { agreeOnKey } from '#jobs/agree-on-key.ts';
import { recordCalls } from '#jobs/call-recorder.ts';
import { openQueue } from '#jobs/open-queue.ts';
import { pacesOf } from '#jobs/paces.ts';
import type { StartContext } from '#jobs/start-job.ts';
import type { CollectError } from '#model/errors.ts';
import { PluginPool } from '#platform/plugin/pool.ts';
import { loadProvider } from '#providers/registry.ts';
import type { Data } from './open-data.ts';
import { printError } from './print-error.ts';

/** What it takes to begin runs, and to run their tasks. */
export interface WorkContext extends StartContext, AsyncDisposable {
  /** Of this process, among workers. */
  readonly name: string;
  readonly report: (error: CollectError) => void;
}

/**
 * @param supervises whether this process stays, and looks after the queue
 * @throws CollectError `secret_rejected` where the other processes have another master key
 */
export async function openWork(
  { folder, store, key }: Data,
  signal: AbortSignal,
  supervises: boolean,
): Promise<WorkContext> {
  await agreeOnKey(store, key);
  if (supervises) await store.cluster?.paces.forget(unusedPaceMs);
  const report = printSeldom();
  const queue = await openQueue(store, { supervises, report });
  const calls = recordCalls(store.callQuarters, report);
  const plugins = new PluginPool({ folder, clock: systemClock });
  return {
    vault: { store, key, loadProvider, now: Date.now, plugins },
    queue,
    paceOf: pacesOf(store),
    calls,
    signal,
    name: `${hostname()} ${process.pid}`,
    report,
    async [Symbol.asyncDispose]() {
      await plugins[Symbol.asyncDispose]();
      await calls[Symbol.asyncDispose]();
      await queue.close();
    },
  };
}

/** A pace that nobody has kept for so long is rested. */
const unusedPaceMs = 3_600_000;

/** What goes wrong again and again, as while a database is away, is told every so often, in milliseconds. */
const seldomMs = 30_000;

function printSeldom(): (error: CollectError) => void {
  const toldAt = new Map<string, number>();
  return (error) => {
    const now = performance.now();
    if (now - (toldAt.get(error.message) ?? Number.NEGATIVE_INFINITY) < seldomMs) return;
    toldAt.set(error.message, now);
    printError(error);
  };
}
