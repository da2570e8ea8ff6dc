import { expect, it, onTestFinished } from 'vitest';
import type { Clock } from '#collect/clock.ts';
import { CollectError } from '#model/errors.ts';
import { type CallQuarterStore, quarterAt, quarterMs } from '#store/call-quarters.ts';
import { openTestStore } from '#store/testing/open-test-store.ts';
import { recordCalls } from './call-recorder.ts';

const began = Date.parse('2026-11-22T12:00:00Z');
const call = { api: 'metrics', account: '1', region: 'eu-west-1' };
const provider = { id: 'aws', metricApi: 'metrics' };

/** A clock that stands until it is told to move on, when all who sleep wake up. */
function standingClock() {
  let time = began;
  let wake = () => {};
  const clock: Clock = {
    now: () => time,
    random: () => 0,
    sleep: (_, signal) =>
      new Promise((resolve, reject) => {
        wake = resolve;
        signal.addEventListener('abort', () => reject(signal.reason), { once: true });
      }),
  };
  return { clock, wake: () => wake(), pass: (ms: number) => (time += ms) };
}

async function openRecorder() {
  const store = await openTestStore();
  onTestFinished(() => store.close());
  return { store, ...standingClock() };
}

it('sums up the calls for metrics by quarter of an hour, and no others', async () => {
  const { store, clock, pass } = await openRecorder();
  const reports: CollectError[] = [];
  await using recorder = recordCalls(store.callQuarters, (error) => reports.push(error), clock);
  const saw = recorder.watch(provider);
  saw(call, 80, undefined);
  saw(call, 90, new CollectError('rate_limited', 'slow down'));
  saw(call, 10, new CollectError('access_denied', 'no'));
  saw(call, 10, new CollectError('cancelled', 'stopped'));
  saw(call, 10, new CollectError('not_found', 'no such metric'));
  saw({ ...call, api: 'servers' }, 10, undefined);
  pass(quarterMs);
  saw(call, 30_000, undefined);
  await recorder.flush();
  const found = await store.callQuarters.byRegion(0);
  expect(
    found.map(({ quarter, calls, failed, throttled, error }) => [quarter, calls, failed, throttled, error]),
  ).toEqual([
    [quarterAt(began), 4, 2, 1, 'access_denied'],
    [quarterAt(began) + 1, 1, 0, 0, null],
  ]);
  expect(found.map(({ bands }) => bands.flatMap((count, band) => (count === 0 ? [] : [[band, count]])))).toEqual([
    [
      [0, 2],
      [2, 2],
    ],
    [[11, 1]],
  ]);
  expect(reports).toEqual([]);
});

it('stores once for all calls of a few seconds, and what is left when it is closed', async () => {
  const { store, clock, wake } = await openRecorder();
  let writes = 0;
  const counted: CallQuarterStore = {
    ...store.callQuarters,
    async add(quarters) {
      writes++;
      await store.callQuarters.add(quarters);
    },
  };
  const recorder = recordCalls(counted, () => {}, clock);
  const saw = recorder.watch(provider);
  for (let at = 0; at < 500; at++) saw(call, 50, undefined);
  expect(writes).toBe(0);
  wake();
  await expect.poll(async () => (await store.callQuarters.byRegion(0))[0]?.calls).toBe(500);
  saw(call, 50, undefined);
  await recorder[Symbol.asyncDispose]();
  expect((await store.callQuarters.byRegion(0))[0]?.calls).toBe(501);
  expect(writes).toBe(2);
});

it('keeps what could not be stored for the next time', async () => {
  const { store, clock } = await openRecorder();
  let isAway = true;
  const shaky: CallQuarterStore = {
    ...store.callQuarters,
    async add(quarters) {
      if (isAway) throw new CollectError('store_failed', 'away');
      await store.callQuarters.add(quarters);
    },
  };
  const reports: CollectError[] = [];
  await using recorder = recordCalls(shaky, (error) => reports.push(error), clock);
  const saw = recorder.watch(provider);
  saw(call, 50, undefined);
  await recorder.flush();
  saw(call, 50, undefined);
  isAway = false;
  await recorder.flush();
  expect(reports.map(({ code }) => code)).toEqual(['store_failed']);
  expect((await store.callQuarters.byRegion(0))[0]?.calls).toBe(2);
});

it('drops what is older than two days', async () => {
  const { store, clock, pass } = await openRecorder();
  await using recorder = recordCalls(store.callQuarters, () => {}, clock);
  const saw = recorder.watch(provider);
  saw(call, 50, undefined);
  await recorder.flush();
  pass(2 * 86_400_000 + quarterMs);
  saw(call, 50, undefined);
  await recorder.flush();
  expect((await store.callQuarters.byRegion(0)).map(({ quarter }) => quarter)).toEqual([quarterAt(clock.now())]);
});
