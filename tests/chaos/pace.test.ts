import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { type RunningCli, startProcess } from '../e2e/run-cli.ts';
import { patienceMs } from './patience.ts';
import { openSite, type Site } from './site.ts';

const script = fileURLToPath(new URL('pace-process.ts', import.meta.url));
/** What we hold ourselves to, in calls a second, and what CloudWatch allows. */
const [limit, quota] = [45, 50];

let site: Site;
beforeAll(async () => {
  site = await openSite({ accounts: 1, latencyMs: 20 });
});
afterAll(async () => {
  await site?.[Symbol.asyncDispose]();
});

async function start(how: 'together' | 'apart'): Promise<RunningCli> {
  const { place, cloud } = site;
  const caller = startProcess(process.execPath, [script, place.database, cloud.url, how], { home: place.folder });
  onTestFinished(async () => {
    await caller.stop();
  });
  await caller.saw(/ready/);
  return caller;
}

const startFour = (how: 'together' | 'apart') => Promise.all([1, 2, 3, 4].map(() => start(how)));

/** When calls that were answered had been sent, in order. */
const sentBy = (callers: readonly RunningCli[]): number[] =>
  callers
    .flatMap((caller) => caller.stdout().match(/^\d+$/gm) ?? [])
    .map(Number)
    .toSorted((a, b) => a - b);

/** Those since all of them call. */
function sentTogether(callers: readonly RunningCli[]): number[] {
  const begun = Math.max(...callers.map((caller) => sentBy([caller])[0] ?? Number.POSITIVE_INFINITY));
  return sentBy(callers).filter((time) => time >= begun);
}

/** Waits until calls that were answered are as they should be; what they are by then. */
async function answered(callers: readonly RunningCli[], isEnough: (times: readonly number[]) => boolean) {
  await expect.poll(() => isEnough(sentTogether(callers)), { timeout: patienceMs, interval: 100 }).toBe(true);
  return sentTogether(callers);
}

/** Calls a second. */
function rate(times: readonly number[]): number {
  return (1000 * (times.length - 1)) / ((times.at(-1) ?? 0) - (times[0] ?? 0));
}

/** The most calls a second that so many in a row came at: where the machine was busy with other things, they came more slowly. */
function bestRate(times: readonly number[], inARow: number): number {
  const starts = times.slice(0, Math.max(0, times.length - inARow + 1));
  return Math.max(0, ...starts.map((_, at) => rate(times.slice(at, at + inARow))));
}

/** The most that fell into any span of so many milliseconds. */
function mostIn(spanMs: number, times: readonly number[]): number {
  return Math.max(0, ...times.map((from) => times.filter((time) => time >= from && time < from + spanMs).length));
}

/** Without those of the first second: what may go out at once after a pause is out by then. */
function steady(times: readonly number[]): number[] {
  return times.filter((time) => time > (times[0] ?? 0) + 1_000);
}

/** Tells how many calls were throttled since. */
async function countThrottled(): Promise<() => Promise<number>> {
  const count = async () => (await site.cloud.asked('GetMetricData')).reduce((sum, row) => sum + row.throttled, 0);
  const before = await count();
  return async () => (await count()) - before;
}

describe('four workers at one API of one account and region', () => {
  it('keep to its limit together, and use it', async () => {
    const throttled = await countThrottled();
    const callers = await startFour('together');
    const times = steady(
      await answered(callers, (all) => all.length > 10 * limit && bestRate(steady(all), 4 * limit) > limit * 0.7),
    );
    process.stderr.write(`${rate(times).toFixed(1)} calls a second, at most ${mostIn(1000, times)} in any one\n`);
    expect(await throttled()).toBe(0);
    expect(rate(times)).toBeLessThanOrEqual(limit * 1.06);
    for (const caller of callers) {
      const own = sentBy([caller]).filter((time) => time >= (times[0] ?? 0));
      expect(own.length).toBeGreaterThan(times.length / 10);
    }
  });

  it('lose no more than a moment when one of them is killed, and exceed nothing', async () => {
    const throttled = await countThrottled();
    const callers = await startFour('together');
    const before = steady(await answered(callers, (all) => steady(all).length > 3 * limit));
    callers[0]?.child.kill('SIGKILL');
    const killedAt = Date.now();
    const since = (all: readonly number[]) => steady(all.filter((time) => time > killedAt));
    // A machine that is busy with other things has been so before, or is so for a while.
    const enough = Math.min(limit, rate(before)) * 0.6;
    const times = since(await answered(callers, (all) => bestRate(since(all), 3 * limit) > enough));
    process.stderr.write(
      `${rate(before).toFixed(1)} calls a second, ${rate(times).toFixed(1)} from one second after the kill on\n`,
    );
    expect(await throttled()).toBe(0);
    expect(rate(times)).toBeLessThanOrEqual(quota);
  });

  it('would be throttled, did each keep to it alone', async () => {
    const throttled = await countThrottled();
    await startFour('apart');
    await expect.poll(throttled, { timeout: patienceMs }).toBeGreaterThan(0);
  });
});
