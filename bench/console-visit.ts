import type { CDPSession, Page } from 'playwright-core';
import { z } from 'zod';
import { filledRow, watched } from './console-scripts.ts';

/** What a page does to whoever looks at it and works with it. All times in milliseconds. */
export interface VisitFigures {
  readonly largestPaint: number;
  /** Of the page with the most. */
  readonly shiftMax: number;
  /** From a key or click to the next frame, over a tour of the keyboard. */
  readonly interactionP95: number;
  readonly interactions: number;
  /** After the tour, swept. */
  readonly heapMB: number;
}

export interface LiveFigures {
  /** Longest task of the page while a run is followed. */
  readonly longestTask: number;
  readonly heapGrowthMB: number;
}

const Seen = z.object({
  shifts: z.number(),
  interactions: z.record(z.string(), z.number()),
  longTasks: z.array(z.number()),
  paintedAt: z.number(),
});
const restMs = 1_000;
/** Entries of events end here: what has none was quicker. */
const shortest = 16;
const pages = [
  '/',
  '/servers',
  '/servers/1',
  '/servers/1?tab=history',
  '/rightsizing',
  '/jobs',
  '/errors',
  '/accounts',
];

export async function visit(page: Page, url: string): Promise<VisitFigures> {
  await page.addInitScript(watched);
  await page.goto(url);
  await page.locator('main h1').waitFor();
  await page.waitForTimeout(restMs);
  const { paintedAt } = await seenBy(page);
  let shiftMax = 0;
  for (const path of pages) {
    await page.goto(url + path);
    await page.locator('main h1').waitFor();
    await page.waitForTimeout(restMs);
    shiftMax = Math.max(shiftMax, (await seenBy(page)).shifts);
  }
  const presses = await tour(page, url);
  const { interactions } = await seenBy(page);
  const durations = Object.values(interactions);
  const quick = Array.from({ length: Math.max(0, presses - durations.length) }, () => shortest);
  return {
    largestPaint: paintedAt,
    shiftMax,
    interactionP95: quantile([...durations, ...quick], 0.95),
    interactions: presses,
    heapMB: await heapOf(page),
  };
}

/** Through the list, its query, the palette and other pages, without the page being loaded again. */
async function tour(page: Page, url: string): Promise<number> {
  await page.goto(`${url}/servers`);
  await page.locator(filledRow).first().focus();
  const keys = [
    ...Array.from({ length: 12 }, () => 'ArrowDown'),
    ...Array.from({ length: 8 }, () => 'PageDown'),
    ...['End', 'Home', 'g', 'o', 'g', 'r', 'g', 'c', 'g', 's', '/', ...'provider:aws', 'Escape', 'Tab'],
    ...['Control+k', ...'web', 'ArrowDown', 'ArrowUp', 'Escape', 'g', 'o'],
  ];
  for (const key of keys) {
    await page.keyboard.press(key);
    await page.waitForTimeout(120);
  }
  await page.waitForTimeout(restMs);
  return keys.length;
}

/** Follows a run that says something all the time. @param begin starts it for so long, and gives its number */
export async function follow(
  page: Page,
  url: string,
  ms: number,
  begin: (ms: number) => Promise<number>,
): Promise<LiveFigures> {
  const job = await begin(ms);
  await page.goto(`${url}/jobs/${job}`);
  await page.locator('main h1').waitFor();
  await page.waitForTimeout(restMs);
  const before = await heapOf(page);
  const { longTasks: known } = await seenBy(page);
  await page.waitForTimeout(ms - 4 * restMs);
  const { longTasks } = await seenBy(page);
  return {
    longestTask: Math.max(0, ...longTasks.slice(known.length)),
    heapGrowthMB: (await heapOf(page)) - before,
  };
}

async function seenBy(page: Page): Promise<z.infer<typeof Seen>> {
  return Seen.parse(await page.evaluate('window.seen'));
}

async function heapOf(page: Page): Promise<number> {
  const session: CDPSession = await page.context().newCDPSession(page);
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  await session.detach();
  return usedSize / 1e6;
}

export function quantile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
}
