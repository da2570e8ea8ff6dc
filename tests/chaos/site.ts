import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { openQueue } from '../../src/jobs/open-queue.ts';
import { RunOptions } from '../../src/jobs/options.ts';
import { pacesOf } from '../../src/jobs/paces.ts';
import type { Vault } from '../../src/jobs/saved-targets.ts';
import { startJob } from '../../src/jobs/start-job.ts';
import { CollectError } from '../../src/model/errors.ts';
import { addAccount } from '../../src/platform/secret/accounts.ts';
import { masterKey } from '../../src/platform/secret/master-key.ts';
import { loadProvider } from '../../src/providers/registry.ts';
import type { Job, JobId } from '../../src/store/jobs.ts';
import { openPostgresStore } from '../../src/store/postgres/store.ts';
import type { Store } from '../../src/store/store.ts';
import { temporaryFolder } from '../e2e/temporary-folder.ts';
import { type Cluster, startCluster } from '../postgres/cluster.ts';
import type { Place } from './fleetgauge.ts';
import { patienceMs } from './patience.ts';
import { type SimulatedCloud, startSimulatedCloud } from './simulated-cloud.ts';
import { type HeldRequests, startTcpProxy } from './tcp-proxy.ts';
import { accountOf, regions } from './world.ts';

/** A PostgreSQL, a simulated cloud whose accounts are saved, and the test's own look into both. */
export interface Site extends AsyncDisposable {
  readonly cluster: Cluster;
  readonly cloud: SimulatedCloud;
  readonly place: Place;
  readonly store: Store;
  /** Begins a run over one account, by its number. */
  startJob(account: number): Promise<Job>;
  start(options: RunOptions): Promise<Job>;
  /** From now on, calls of this operation wait before the cloud. @throws Error where it was opened without holds */
  hold(operation: string): HeldRequests;
  /** Resolves once the job has ended. @throws Error where that takes too long */
  ended(job: JobId): Promise<Job>;
}

export interface SiteOptions {
  readonly accounts: number;
  readonly latencyMs: number;
  readonly settings?: Readonly<Record<string, string>>;
  /** Whether calls can be held: they go by way of this process. */
  readonly holds?: boolean;
}

export async function openSite({ accounts, latencyMs, settings, holds = false }: SiteOptions): Promise<Site> {
  const folder = await temporaryFolder('chaos');
  const cluster = await startCluster(settings);
  const cloud = await startSimulatedCloud({ accounts, latencyMs });
  const line = holds ? await startTcpProxy(Number(new URL(cloud.url).port), 0) : undefined;
  const endpoint = line === undefined ? cloud.url : `http://127.0.0.1:${line.port}`;
  const key = randomBytes(32).toString('base64');
  const place = { folder: folder.path, database: cluster.url, masterKey: key };
  const store = await openPostgresStore(cluster.url);
  const vault: Vault = {
    store,
    key: await masterKey({ folder: folder.path, env: { FLEETGAUGE_MASTER_KEY: key } }),
    loadProvider,
    now: Date.now,
  };
  for (let number = 0; number < accounts; number++) {
    const { id, name, accessKeyId, secretAccessKey } = accountOf(number);
    const secret = { from: { kind: 'keys', accessKeyId, secretAccessKey }, endpoint };
    await addAccount(store, vault.key, { provider: 'aws', account: id, name, regions }, secret, Date.now());
  }
  return {
    cluster,
    cloud,
    place,
    store,
    startJob: (account) => beginJob(vault, optionsOf(account)),
    start: (options) => beginJob(vault, options),
    hold(operation) {
      if (line === undefined) throw new Error('opened without holds');
      return line.hold(operation);
    },
    ended: (job) => ended(store, job),
    async [Symbol.asyncDispose]() {
      await store.close();
      await line?.close();
      cloud.stop();
      await cluster.stop();
      await folder[Symbol.asyncDispose]();
    },
  };
}

/** What every run of these suites reads: little, but everything that a run does. */
export function optionsOf(account: number): RunOptions {
  return RunOptions.parse({ accounts: [accountOf(account).name], days: 3, concurrency: 2 });
}

async function beginJob(vault: Vault, options: RunOptions): Promise<Job> {
  const queue = await openQueue(vault.store, { supervises: false, report: () => {} });
  try {
    return await startJob(options, {
      vault,
      queue,
      paceOf: pacesOf(vault.store),
      signal: new AbortController().signal,
    });
  } finally {
    await queue.close();
  }
}

async function ended(store: Store, id: JobId): Promise<Job> {
  const deadline = performance.now() + patienceMs;
  for (;;) {
    const job = await patiently(() => store.jobs.get(id));
    if (job.job.state !== 'RUNNING') return job.job;
    if (performance.now() > deadline) throw new Error(`job ${id} has not ended: ${JSON.stringify(job, undefined, 2)}`);
    await delay(100);
  }
}

/** The test's own question to a database that may be away just now. */
export async function patiently<T>(ask: () => Promise<T>): Promise<T> {
  for (let tries = 0; ; tries++) {
    try {
      return await ask();
    } catch (caught) {
      if (tries === 100 || CollectError.from(caught).code !== 'store_failed') throw caught;
      await delay(200);
    }
  }
}
