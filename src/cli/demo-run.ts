import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { z } from 'zod';
import { RunOptions } from '#jobs/options.ts';
import type { Target } from '#jobs/targets.ts';
import { lastDays } from '#model/window.ts';
import { addAccount, openSecret } from '#platform/secret/accounts.ts';
import { loadProvider } from '#providers/registry.ts';
import { demoAccounts } from '../demo/aws/accounts.ts';
import { collectInto } from './collect-flow.ts';
import { exitCodes } from './exit-codes.ts';
import type { Interrupt } from './interrupt.ts';
import type { Data } from './open-data.ts';

/**
 * Starts a simulated AWS and reads it, just as a real one is read.
 *
 * @returns the exit code; the demo has a region that refuses, so a partial run is what should come of it
 */
export async function runDemo(data: Data, interrupt: Interrupt): Promise<number> {
  const cloud = await startDemoCloud();
  try {
    const targets = await demoTargets(data, cloud.url);
    const options = RunOptions.parse({ accounts: targets.map(({ name }) => name) });
    await data.store.jobs.adoptInterrupted(Date.now());
    const outcome = await collectInto({
      store: data.store,
      targets,
      options,
      window: lastDays(options.days, Date.now()),
      demo: true,
      interrupt,
      agree: async () => true,
    });
    return outcome?.job.state === 'FAILURE' ? exitCodes.failed : exitCodes.ok;
  } finally {
    await cloud.stop();
  }
}

const Started = z.object({ url: z.url() });

/** In a thread of its own: it takes no time from the run, and goes with this process however that ends. */
async function startDemoCloud() {
  const worker = new Worker(new URL('../demo/aws/worker.ts', import.meta.url), { workerData: {} });
  const [started] = await once(worker, 'message');
  const { url } = Started.parse(started);
  return {
    url,
    stop: async () => {
      await worker.terminate();
    },
  };
}

/** The accounts of the simulated cloud, saved and opened as real ones are; only its address is new each time. */
async function demoTargets({ store, key }: Data, endpoint: string): Promise<Target[]> {
  const provider = await loadProvider('aws');
  const saved = new Map((await store.accounts.list()).map((account) => [account.name, account]));
  return Promise.all(
    demoAccounts.map(async ({ id, name, accessKeyId, secretAccessKey }) => {
      const secret = provider.parseSecret({ from: { kind: 'keys', accessKeyId, secretAccessKey } });
      const draft = { provider: provider.id, account: id, name, regions: [] };
      const account = saved.get(name) ?? (await addAccount(store, key, draft, secret, Date.now()));
      const opened = z.looseObject({}).parse(await openSecret(store, key, account));
      return { name, provider, secret: provider.parseSecret({ ...opened, endpoint }), regions: [] };
    }),
  );
}
