import { describe, expect, it } from 'vitest';
import { RunOptions } from '#jobs/options.ts';
import { savedAccounts, savedTarget } from '#jobs/saved-targets.ts';
import { openWorkshop } from '#jobs/workshop.fixture.ts';
import { lastDays } from '#model/window.ts';
import { worldNow } from '#providers/aws/testing-fleet.fixture.ts';
import type { InventoryStore } from '#store/inventory.ts';
import { server } from '#store/testing/servers.ts';
import { captureOutput } from './captured-output.fixture.ts';
import { type CollectFlow, collectInto } from './collect-flow.ts';
import { exitCodeOfRun } from './describe-run.ts';
import { exitCodeOfJob } from './exit-code-of-job.ts';
import { exitCodes } from './exit-codes.ts';

const heard = captureOutput();

/** A run of servers that are known, which Ctrl-C stops as soon as it is agreed to; and how to go on with it. */
async function openStopped(picks: (inventory: InventoryStore) => Promise<readonly number[]>) {
  const shop = await openWorkshop();
  const { store, vault } = shop;
  await shop.work((await shop.startJob({ days: 1, metrics: ['cpu.utilization'] })).id);
  const accounts = await savedAccounts(store, ['prod']);
  const targets = await Promise.all(accounts.map((account) => savedTarget(vault, account, [])));
  const servers = await picks(store.inventory);
  const options = RunOptions.parse({ accounts: ['prod'], metrics: ['cpu.utilization'], days: 2, servers });

  const run = async (flow: Pick<CollectFlow, 'resumed' | 'targets'>, stops: boolean) => {
    const stopping = new AbortController();
    const signal = new AbortController();
    const outcome = await collectInto({
      ...flow,
      store,
      options,
      window: lastDays(2, worldNow),
      demo: false,
      interrupt: { stopping: stopping.signal, signal: signal.signal, [Symbol.dispose]: () => {} },
      agree: async () => {
        if (stops) stopping.abort();
        return true;
      },
    });
    if (outcome === undefined) throw new Error('it was agreed to');
    return outcome;
  };

  const first = await run({ targets }, true);
  expect(first.job.state).toBe('CANCELED');
  expect(exitCodeOfRun(first.results)).toBe(exitCodes.interrupted);
  const resume = async (through = targets) => {
    const { job, tasks } = await store.jobs.get(first.job.id);
    heard.err = '';
    return run({ targets: through, resumed: { job, tasks: tasks.filter(({ state }) => state === 'CANCELED') } }, false);
  };
  return { resume };
}

const known = async (inventory: InventoryStore) =>
  (await Array.fromAsync(inventory.lines())).flat().map(({ id }) => id);

describe('a run that goes on', () => {
  it('ends as all of it did, with what had failed before it was stopped', async () => {
    const { resume } = await openStopped(async (inventory) => {
      const ids = await known(inventory);
      const lost = { record: server('i-lost', { account: '999999999999' }) };
      return [...ids, ...(await inventory.put([lost], worldNow))];
    });
    const { job, results } = await resume();
    expect(job.state).toBe('PARTIAL');
    expect(exitCodeOfRun(results)).toBe(exitCodeOfJob(job));
    expect(heard.err).toMatch(/▲\S* 25 servers · this time \d+ calls? of \d+ planned/);
    expect(heard.err).toMatch(/✕\S* 999999999999 {2}1 selected server: no account of this run opens theirs/);
  });

  it('has ended well where all of it did', async () => {
    const { resume } = await openStopped(known);
    const { job, results } = await resume();
    expect(job.state).toBe('SUCCESS');
    expect(exitCodeOfRun(results)).toBe(exitCodes.ok);
    expect(heard.err).toMatch(/✓\S* 25 servers · this time /);
  });

  it('is interrupted still where it does not get to what was left', async () => {
    const { resume } = await openStopped(known);
    const { job, results } = await resume([]);
    expect(job.state).toBe('CANCELED');
    expect(exitCodeOfRun(results)).toBe(exitCodeOfJob(job));
  });
});
