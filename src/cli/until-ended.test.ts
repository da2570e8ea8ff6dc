import { expect, it } from 'vitest';
import { systemClock } from '#collect/clock.ts';
import { noCost } from '#model/fleet.ts';
import { noCounts } from '#store/jobs.ts';
import type { Store } from '#store/store.ts';
import { openTestStore } from '#store/testing/open-test-store.ts';
import { aborted } from './interrupt.ts';
import { untilEnded } from './until-ended.ts';

const draft = { demo: false, options: {}, plan: {}, planned: noCost, ownerPid: process.pid, tasks: [] };
const end = { state: 'SUCCESS', counts: noCounts, spent: noCost } as const;
/** Sleeps until it is woken. */
const clock = {
  ...systemClock,
  sleep: (_: number, signal: AbortSignal) => aborted(signal).then(() => signal.throwIfAborted()),
};

async function running(): Promise<{ readonly store: Store; readonly id: number }> {
  const store = await openTestStore();
  const { job } = await store.jobs.create(draft, 1000);
  return { store, id: job.id };
}

it('throws what the work throws while it waits', async () => {
  const { store, id } = await running();
  const work = async () => {
    await Promise.resolve();
    throw new Error('the queue is gone');
  };
  const { signal: stopping } = new AbortController();
  await expect(untilEnded(store.jobs, id, { stopping, work, clock })).rejects.toThrow('the queue is gone');
});

it('tells of a job as the work leaves it after Ctrl-C', async () => {
  const { store, id } = await running();
  const interrupt = new AbortController();
  const work = async (stopping: AbortSignal) => {
    await aborted(stopping);
    await store.jobs.finish(id, end, 2000);
  };
  const ended = untilEnded(store.jobs, id, { stopping: interrupt.signal, work, clock });
  interrupt.abort();
  expect(await ended).toMatchObject({ id, state: 'SUCCESS' });
});

it('has the work end once the job has', async () => {
  const { store, id } = await running();
  await store.jobs.finish(id, end, 2000);
  const { signal: stopping } = new AbortController();
  expect(await untilEnded(store.jobs, id, { stopping, work: aborted, clock })).toMatchObject({ state: 'SUCCESS' });
});
