import type { Browser, Page } from 'playwright-core';
import { z } from 'zod';
import type { Figures } from './budgets.ts';
import { heapOf, openPage, quantile, seenBy, slowDown } from './page.ts';
import { filledRow } from './scripts.ts';

/** Through the list, its query, a server beside it, the palette and other pages: sixty. */
const keys = [
  ...Array.from({ length: 12 }, () => 'ArrowDown'),
  ...Array.from({ length: 8 }, () => 'PageDown'),
  ...['Space', 'j', 'k', 'Escape', '?', 'Escape'],
  ...['End', 'Home', 'g', 'o', 'g', 'r', 'g', 'c', 'g', 's', '/', ...'provider:aws', 'Escape', 'Tab'],
  ...['Control+k', ...'web', 'ArrowDown', 'ArrowUp', 'Escape', 'g', 'o'],
];
const betweenKeysMs = 150;
/** Entries of events end here: what has none was quicker. */
const shortest = 16;

/** From a key to the next frame. */
export async function interactions(
  browser: Browser,
  url: string,
): Promise<Pick<Figures, 'interactionP95' | 'slowInteractionP95'>> {
  return {
    interactionP95: await interactionP95(browser, url, 1),
    slowInteractionP95: await interactionP95(browser, url, 4),
  };
}

async function interactionP95(browser: Browser, url: string, cpu: number): Promise<number> {
  const { page, rest } = await openPage(browser);
  await page.goto(`${url}/servers`);
  await page.locator(filledRow).first().focus();
  await rest();
  await slowDown(page, cpu);
  await press(page, keys);
  await rest();
  const durations = Object.values((await seenBy(page)).interactions);
  await page.context().close();
  const quick = Array.from({ length: Math.max(0, keys.length - durations.length) }, () => shortest);
  return quantile([...durations, ...quick], 0.95);
}

async function press(page: Page, pressed: readonly string[]): Promise<void> {
  for (const key of pressed) {
    await page.keyboard.press(key);
    await page.waitForTimeout(betweenKeysMs);
  }
}

/** Round and round, without the page being loaded again: what is left of it at the end. */
export async function longTour(
  browser: Browser,
  url: string,
  ms: number,
): Promise<Pick<Figures, 'heap' | 'detachedRows'>> {
  const { page, rest } = await openPage(browser);
  await page.goto(`${url}/servers`);
  const end = performance.now() + ms;
  for (let round = 0; performance.now() < end; round++) await goRound(page, round);
  await press(page, ['g', 'o']);
  await page.locator('.overview').waitFor();
  await rest();
  const left = { heap: await heapOf(page), detachedRows: await detachedRows(page) };
  await page.context().close();
  return left;
}

async function goRound(page: Page, round: number): Promise<void> {
  await page.locator(filledRow).first().focus();
  for (let part = 0; part < 20; part++) {
    await page.evaluate(`(() => {
      const box = document.querySelector('.grid-scroll');
      box.scrollTop = box.scrollHeight * ${((part * 13 + round * 7) % 20) / 20};
    })()`);
    await page.waitForTimeout(60);
  }
  await press(page, ['Home', 'Space', 'j', 'j', 'Escape', 'Enter']);
  await press(page, ['g', 's', '/', ...`web-${round}`, 'Escape']);
  for (const drawn of ['Map', 'Scatter', 'Table']) {
    await page.getByRole('link', { name: drawn, exact: true }).click();
    await page.waitForTimeout(300);
  }
  await press(page, ['g', 'o', 'g', 'r', 'g', 'c', 'g', 'e', 'g', 'd', 'g', 'a', 'g', 's']);
  await page.locator(filledRow).first().waitFor();
}

/** Rows of lists that somebody keeps although they are in no page any more. */
async function detachedRows(page: Page): Promise<number> {
  const session = await page.context().newCDPSession(page);
  await session.send('HeapProfiler.collectGarbage');
  const { result: prototype } = await session.send('Runtime.evaluate', { expression: 'HTMLTableRowElement.prototype' });
  const { objects } = await session.send('Runtime.queryObjects', {
    prototypeObjectId: z.string().parse(prototype.objectId),
  });
  const { result: count } = await session.send('Runtime.callFunctionOn', {
    objectId: z.string().parse(objects.objectId),
    functionDeclaration: 'function () { return this.filter((row) => !row.isConnected).length; }',
    returnByValue: true,
  });
  await session.detach();
  return z.number().parse(count.value);
}
