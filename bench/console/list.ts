import { setTimeout as delay } from 'node:timers/promises';
import type { Browser, Page } from 'playwright-core';
import { z } from 'zod';
import type { Figures } from './budgets.ts';
import { openPage, quantile, slowDown, timed, type WatchedPage } from './page.ts';
import { filledRow, jumpedTo, listedIds, scrolled, serverShare, untilOtherRows, untilThere } from './scripts.ts';

const queries = [
  'cpu.p95:<5',
  'provider:aws',
  'mem:none',
  'web-99',
  'region:eu-west-1',
  'account:100000000007',
  'cpu:>90',
];
const quicklyTyped = ['mem:none', 'web-99', 'region:eu-west-1'];
const sorts = ['CPU avg', 'Name', 'Memory avg', 'Account', 'State', 'Region'];
const peeks = 5;
const field = 'main input[type="search"]';

type ListFigure =
  | 'keyP95'
  | 'serverShareP95'
  | 'staleLists'
  | 'sortP95'
  | 'peekP95'
  | 'framesPerSecond'
  | 'frameP95'
  | 'rowNodes'
  | 'blankScrolled'
  | 'blankJumped'
  | 'slowFramesPerSecond';

/** What a person at the list of servers waits for. */
export async function list(browser: Browser, url: string): Promise<Pick<Figures, ListFigure>> {
  const watched = await openPage(browser);
  const { page } = watched;
  await openList(watched, url);
  const { keys, shares } = await typed(watched);
  const staleLists = await typedQuickly(watched, url);
  const sorted = await clickedSorts(watched);
  const peeked = await peekedAt(watched);
  await openList(watched, `${url}/servers?sort=-cpu.utilization.avg`);
  const { frames, mostRowNodes, longestBlank } = await scroll(page);
  const jumps = [await page.evaluate(jumpedTo(0.5)), await page.evaluate(jumpedTo(1))];
  await openList(watched, `${url}/servers?sort=-cpu.utilization.avg`);
  await slowDown(page, 4);
  const slow = await scroll(page);
  await page.context().close();
  return {
    keyP95: quantile(keys, 0.95),
    serverShareP95: quantile(shares, 0.95),
    staleLists,
    sortP95: quantile(sorted, 0.95),
    peekP95: quantile(peeked, 0.95),
    framesPerSecond: perSecond(frames),
    frameP95: quantile(frames, 0.95),
    rowNodes: mostRowNodes,
    blankScrolled: longestBlank,
    blankJumped: Math.max(...z.array(z.number()).parse(jumps)),
    slowFramesPerSecond: perSecond(slow.frames),
  };
}

/** Of a smaller fleet, only what typing costs. */
export async function keyP95(browser: Browser, url: string): Promise<number> {
  const watched = await openPage(browser);
  await openList(watched, url);
  const { keys } = await typed(watched);
  await watched.page.context().close();
  return quantile(keys, 0.95);
}

async function openList({ page, rest }: WatchedPage, url: string): Promise<void> {
  await page.goto(url.includes('/servers') ? url : `${url}/servers`);
  await page.locator(filledRow).first().waitFor();
  await rest();
}

/** The last key of every query: the field holds all before it, whose rows are waited for. */
async function typed({ page, rest }: WatchedPage) {
  const keys: number[] = [];
  const shares: number[] = [];
  for (const query of queries) {
    await page.locator(field).fill(query.slice(0, -1));
    await rest();
    await page.locator(field).press('End');
    keys.push(await timed(page, untilOtherRows, () => page.locator(field).press(query.slice(-1))));
    shares.push(z.number().parse(await page.evaluate(serverShare(query))));
    await rest();
  }
  return { keys, shares };
}

/** How long answers to what was typed before are held back: they come after the last one. */
const heldMs = 700;
const betweenKeysMs = 90;

/** How often rows are shown that are not of the last query, although older answers came last. */
async function typedQuickly({ page, rest }: WatchedPage, url: string): Promise<number> {
  let stale = 0;
  for (const query of quicklyTyped) {
    await page.locator(field).fill('');
    await rest();
    await page.route('**/api/servers?*', async (route) => {
      if (new URL(route.request().url()).searchParams.get('q') !== query) await delay(heldMs);
      // The page may have given it up.
      await route.continue().catch(() => {});
    });
    await page.locator(field).pressSequentially(query, { delay: betweenKeysMs });
    await rest();
    await page.waitForTimeout(heldMs);
    await page.unrouteAll({ behavior: 'wait' });
    const shown = z.array(z.number()).parse(await page.evaluate(listedIds));
    if (!isBegin(shown, await firstIds(url, query))) stale++;
  }
  return stale;
}

const Ids = z.object({ data: z.array(z.object({ id: z.number() })) });

async function firstIds(url: string, q: string): Promise<number[]> {
  const answer = await fetch(`${url}/api/servers?${new URLSearchParams({ q, sort: 'name', from: '0', limit: '100' })}`);
  return Ids.parse(await answer.json()).data.map(({ id }) => id);
}

function isBegin(shown: readonly number[], all: readonly number[]): boolean {
  return shown.length > 0 && shown.every((id, at) => id === all[at]);
}

async function clickedSorts({ page, rest }: WatchedPage): Promise<number[]> {
  await page.locator(field).fill('');
  await rest();
  const times: number[] = [];
  for (const name of sorts) {
    const link = page.getByRole('link', { name: `Sort by ${name}`, exact: true });
    times.push(await timed(page, untilOtherRows, () => link.click()));
    await rest();
  }
  return times;
}

/** From the space bar on a row to the facts of its server. */
async function peekedAt({ page, rest }: WatchedPage): Promise<number[]> {
  const times: number[] = [];
  for (let row = 0; row < peeks; row++) {
    await page
      .locator(filledRow)
      .nth(row * 3)
      .focus();
    times.push(await timed(page, untilThere('.peek .facts'), () => page.keyboard.press('Space')));
    await rest();
    await page.keyboard.press('Escape');
  }
  return times;
}

const Scrolled = z.object({ frames: z.array(z.number()), mostRowNodes: z.number(), longestBlank: z.number() });

async function scroll(page: Page): Promise<z.infer<typeof Scrolled>> {
  return Scrolled.parse(await page.evaluate(scrolled));
}

function perSecond(frames: readonly number[]): number {
  return (frames.length * 1000) / frames.reduce((sum, frame) => sum + frame, 0);
}
