import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningCli, startProcess } from '../e2e/run-cli.ts';
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
  await caller.saw(/ready/);
  return caller;
}

const answeredBy = (callers: readonly RunningCli[]): number[] =>
  callers
    .flatMap((caller) => caller.stdout().match(/^\d+$/gm) ?? [])
    .map(Number)
    .toSorted((a, b) => a - b);

/** The most that fell into any span of so many milliseconds. */
function mostIn(spanMs: number, times: readonly number[]): number {
  return Math.max(0, ...times.map((from) => times.filter((time) => time >= from && time < from + spanMs).length));
}

/** Calls a second, from one second after the first one on: what may go out at once after a pause is out by then. */
function steadyRate(times: readonly number[]): number {
  const steady = times.filter((time) => time > (times[0] ?? 0) + 1_000);
  return (1000 * (steady.length - 1)) / ((steady.at(-1) ?? 0) - (steady[0] ?? 0));
}

async function throttled(): Promise<number> {
  return (await site.cloud.asked('GetMetricData')).reduce((sum, row) => sum + row.throttled, 0);
}

describe('four workers at one API of one account and region', () => {
  it('keep to its limit together, and use it', async () => {
    const callers = await Promise.all([1, 2, 3, 4].map(() => start('together')));
    await delay(5_000);
    await Promise.all(callers.map((caller) => caller.stop()));
    const times = answeredBy(callers);
    const perSecond = steadyRate(times);
    process.stderr.write(`${perSecond.toFixed(1)} calls a second, at most ${mostIn(1000, times)} in any one\n`);
    expect(await throttled()).toBe(0);
    expect(perSecond).toBeLessThanOrEqual(limit * 1.06);
    expect(perSecond).toBeGreaterThan(limit * 0.7);
    for (const caller of callers) expect(answeredBy([caller]).length).toBeGreaterThan(times.length / 10);
  });

  it('lose no more than a moment when one of them is killed, and exceed nothing', async () => {
    const callers = await Promise.all([1, 2, 3, 4].map(() => start('together')));
    await delay(2_000);
    callers[0]?.child.kill('SIGKILL');
    const killedAt = Date.now();
    await delay(3_000);
    await Promise.all(callers.slice(1).map((caller) => caller.stop()));
    const perSecond = steadyRate(answeredBy(callers).filter((time) => time > killedAt));
    process.stderr.write(`${perSecond.toFixed(1)} calls a second from one second after the kill on\n`);
    expect(await throttled()).toBe(0);
    expect(perSecond).toBeGreaterThan(limit * 0.6);
    expect(perSecond).toBeLessThanOrEqual(quota);
  });

  it('would be throttled, did each keep to it alone', async () => {
    const callers = await Promise.all([1, 2, 3, 4].map(() => start('apart')));
    await delay(2_000);
    await Promise.all(callers.map((caller) => caller.stop()));
    expect(await throttled()).toBeGreaterThan(0);
  });
});
