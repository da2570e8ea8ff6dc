import type { Browser } from 'playwright-core';
import { z } from 'zod';
import type { Figures } from './budgets.ts';
import { openPage, quantile, seenBy, slowDown, slowNetwork, timed } from './page.ts';
import { untilRow, untilTaken } from './scripts.ts';

const rounds = 5;
const slowRounds = 3;

/** Loads of the overview and of the list by a browser that knows nothing yet: medians. */
export async function loads(
  browser: Browser,
  url: string,
): Promise<Pick<Figures, 'largestPaint' | 'usable' | 'slowPaint' | 'slowUsable'>> {
  return {
    largestPaint: await median(rounds, () => largestPaint(browser, url, false)),
    usable: await median(rounds, () => usable(browser, url, false)),
    slowPaint: await median(slowRounds, () => largestPaint(browser, url, true)),
    slowUsable: await median(slowRounds, () => usable(browser, url, true)),
  };
}

async function median(count: number, measure: () => Promise<number>): Promise<number> {
  const values: number[] = [];
  while (values.length < count) values.push(await measure());
  return quantile(values, 0.5);
}

async function largestPaint(browser: Browser, url: string, isSlow: boolean): Promise<number> {
  const { page, rest } = await opened(browser, isSlow);
  await page.goto(url);
  await rest();
  const { paintedAt } = await seenBy(page);
  await page.context().close();
  return paintedAt;
}

/** Until a row is painted, and then as long as the query takes for a key. */
async function usable(browser: Browser, url: string, isSlow: boolean): Promise<number> {
  const { page } = await opened(browser, isSlow);
  await page.goto(`${url}/servers`, { waitUntil: 'commit' });
  const rowAt = z.number().parse(await page.evaluate(untilRow));
  await page.locator('main input[type="search"]').focus();
  const taken = await timed(page, untilTaken, () => page.keyboard.press('w'));
  await page.context().close();
  return rowAt + taken;
}

async function opened(browser: Browser, isSlow: boolean) {
  const watched = await openPage(browser);
  if (isSlow) {
    await slowDown(watched.page, 4);
    await slowNetwork(watched.page);
  }
  return watched;
}
