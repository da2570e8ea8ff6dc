import { onTestFinished } from 'vitest';
import { type Clock, systemClock } from '#collect/clock.ts';
import type { CollectError } from '#model/errors.ts';
import { PluginPool } from '#platform/plugin/pool.ts';
import { addAccount } from '#platform/secret/accounts.ts';
import { keyOf } from '#platform/secret/master-key.fixture.ts';
import { account, keys, startCloud, worldNow } from '#providers/aws/testing-fleet.fixture.ts';
import { loadProvider } from '#providers/registry.ts';
import type { Job, JobId } from '#store/jobs.ts';
import type { Store } from '#store/store.ts';
import { openTestStore } from '#store/testing/open-test-store.ts';
import { temporaryFolder } from '#store/testing/temporary-folder.ts';
import type { AwsCloud, AwsCloudOptions } from '../demo/aws/server.ts';
import { openQueue } from './open-queue.ts';
import { RunOptions } from './options.ts';
import { pacesOf } from './paces.ts';
import type { TaskContext } from './read-task.ts';
import { runTask } from './run-task.ts';
import type { Vault } from './saved-targets.ts';
import { type StartContext, startJob } from './start-job.ts';
import type { TakenTask, TaskQueue } from './task-queue.ts';
import { runWorker } from './worker.ts';

const never = new AbortController().signal;

/** A simulated cloud, an account of it that is saved, and what it takes to read it by workers. */
export interface Workshop {
  readonly cloud: AwsCloud;
  readonly store: Store;
  readonly vault: Vault & { readonly plugins: PluginPool };
  readonly queue: TaskQueue;
  readonly start: StartContext;
  /** What workers reported. */
  readonly reports: CollectError[];
  startJob(options?: object): Promise<Job>;
  /** Runs this many workers until the job has ended. */
  work(job: JobId, workers?: number, more?: Pick<StartContext, 'calls'>): Promise<Job>;
  /** Runs one task, that was taken from the queue, as a worker would. */
  run(taken: TakenTask, context?: Partial<TaskContext>): ReturnType<typeof runTask>;
  /** Queries of GetMetricData that the cloud was asked. */
  queries(): number;
  /** Resolves once the cloud was sent such a call. */
  called(operation: string): Promise<void>;
  /** Resolves once the cloud has answered for metrics. */
  asked(): Promise<void>;
}

/** The world's time for what is read, and real time for what waits. */
export const worldClock: Clock = { ...systemClock, now: () => worldNow };

/** Servers of the account, by region. */
export const fleet = { 'us-east-1': 20, 'eu-west-1': 5 };

export async function openWorkshop(cloudOptions: AwsCloudOptions = {}): Promise<Workshop> {
  const cloud = await startCloud({ accounts: [{ ...account, regions: fleet }], ...cloudOptions });
  const store = await openTestStore();
  const folder = await temporaryFolder();
  const key = await keyOf(1);
  const plugins = new PluginPool({ folder, clock: systemClock });
  const vault = { store, key, loadProvider, now: worldClock.now, plugins } satisfies Vault;
  const reports: CollectError[] = [];
  const queue = await openQueue(store, { supervises: false, report: (error) => reports.push(error) });
  const start = { vault, queue, paceOf: pacesOf(store), signal: never };
  onTestFinished(async () => {
    await plugins[Symbol.asyncDispose]();
    await queue.close();
    await store.close();
    await cloud.stop();
  });
  const draft = { provider: 'aws', account: account.id, name: 'prod', regions: [] };
  await addAccount(store, key, draft, { from: keys, endpoint: cloud.url }, worldNow);

  const work = async (job: JobId, workers = 1, more: Pick<StartContext, 'calls'> = {}): Promise<Job> => {
    const stopping = new AbortController();
    const options = {
      ...start,
      ...more,
      clock: worldClock,
      atOnce: 2,
      stopping: stopping.signal,
      report: reports.push.bind(reports),
    };
    const running = Array.from({ length: workers }, (_, at) => runWorker({ ...options, name: `w${at}` }));
    try {
      for (;;) {
        const found = (await store.jobs.get(job)).job;
        if (found.state !== 'RUNNING') return found;
        await systemClock.sleep(20, never);
      }
    } finally {
      stopping.abort();
      await Promise.all(running);
    }
  };

  const queries = () =>
    cloud.stats
      .rows()
      .filter(({ operation }) => operation === 'GetMetricData')
      .reduce((sum, row) => sum + row.queries, 0);

  return {
    cloud,
    store,
    vault,
    queue,
    start,
    reports,
    startJob: (options = {}) => startJob(RunOptions.parse({ accounts: ['prod'], ...options }), start),
    work,
    run: (taken, context = {}) =>
      runTask(taken.claim, {
        ...start,
        clock: worldClock,
        stopping: never,
        isCanceled: () => false,
        ...context,
      }),
    queries,
    async called(operation) {
      while (!cloud.stats.rows().some((row) => row.operation === operation)) await systemClock.sleep(2, never);
    },
    async asked() {
      while (queries() === 0) await systemClock.sleep(2, never);
    },
  };
}
