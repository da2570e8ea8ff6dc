import type { Browser } from 'playwright-core';
import type { Figures } from './budgets.ts';
import { heapOf, openPage, seenBy } from './page.ts';
import { countFrames } from './scripts.ts';

/** A run that says something all the time. */
interface BegunRun {
  readonly job: number;
  /** How often it did, once it is over. */
  readonly ended: Promise<{ readonly saidPerSecond: number }>;
}

interface FollowedRun {
  readonly figures: Pick<Figures, 'liveTask' | 'liveRenders' | 'liveHeap'>;
  readonly shift: number;
  readonly saidPerSecond: number;
}

/** It begins before it is looked at, and goes on after. */
const aroundMs = 4_000;

/** Follows a run. @param begin starts it for so long */
export async function follow(
  browser: Browser,
  url: string,
  ms: number,
  begin: (ms: number) => Promise<BegunRun>,
): Promise<FollowedRun> {
  const { job, ended } = await begin(ms + 2 * aroundMs);
  const { page, rest } = await openPage(browser);
  await page.goto(`${url}/jobs/${job}`);
  await page.locator('.job h1').waitFor();
  await rest();
  const before = await heapOf(page);
  const { longTasks: known } = await seenBy(page);
  await page.evaluate(countFrames);
  await page.waitForTimeout(ms);
  const { longTasks, renders, shift } = await seenBy(page);
  const liveHeap = (await heapOf(page)) - before;
  await page.context().close();
  if (renders === 0) throw new Error(`the page of run ${job} shows nothing of it`);
  return {
    figures: {
      liveTask: Math.max(0, ...longTasks.slice(known.length)),
      liveRenders: renders / (ms / 1000),
      liveHeap,
    },
    shift,
    saidPerSecond: (await ended).saidPerSecond,
  };
}
