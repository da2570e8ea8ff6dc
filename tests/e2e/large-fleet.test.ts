import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { openPage, type WatchedPage } from './browser.ts';
import { chromium, lacks } from './parts.ts';
import { root } from './run-cli.ts';
import { type TemporaryFolder, temporaryFolder } from './temporary-folder.ts';

const fleet = 100_000;

let folder: TemporaryFolder;
let server: ChildProcess;
let home: string;
let watched: WatchedPage;
let page: Page;

/** The list of servers with as many as it is made for, as the bench fills a store. */
describe.skipIf(lacks(chromium))('a hundred thousand servers', () => {
  beforeAll(async () => {
    folder = await temporaryFolder('large-fleet');
    server = fork(join(root, 'bench/console-process.ts'), [folder.path, join(root, 'console/dist'), String(fleet)]);
    const [message] = await once(server, 'message');
    home = z.object({ url: z.string() }).parse(message).url;
    watched = await openPage(home);
    page = watched.page;
    page.setDefaultTimeout(60_000);
  });

  afterAll(async () => {
    await watched?.[Symbol.asyncDispose]();
    if (server?.connected) {
      const gone = once(server, 'exit');
      server.disconnect();
      await gone;
    }
    await folder?.[Symbol.asyncDispose]();
  });

  it('are counted on the overview', async () => {
    await page.goto(home);
    await page.getByRole('main').getByRole('link', { name: '100,000', exact: true }).waitFor();
  });

  it('are filtered as one types', async () => {
    await page.goto(`${home}/servers`);
    await expectTotal(fleet);
    await page.getByRole('combobox', { name: 'Filter' }).pressSequentially('mem:none ');
    // Every seventh was filled without an agent.
    await expectTotal(Math.ceil(fleet / 7));
    await expect.poll(rowNodes).toBeLessThanOrEqual(45);
  });

  it('are as they were after the back button', async () => {
    await page.goBack();
    await expectTotal(fleet);
    await expect.poll(() => page.getByRole('combobox', { name: 'Filter' }).inputValue()).toBe('');
  });

  it('are sorted, the highest first', async () => {
    await page.getByRole('link', { name: 'Sort by CPU avg', exact: true }).click();
    await page.waitForURL('**/servers?*sort=-cpu.utilization.avg*');
    await expect.poll(async () => (await cpuOf(10)).filter((value) => value > 99).length).toBe(10);
  });

  it('are scrolled to the last one, with the rows in sight alone in the page', async () => {
    await page.locator('.grid-rows tr').first().focus();
    await page.keyboard.press('End');
    await page.locator(`[aria-rowindex="${fleet + 1}"] th`).waitFor();
    await expect
      .poll(() => page.evaluate(`document.activeElement.getAttribute('aria-rowindex')`))
      .toBe(String(fleet + 1));
    await expect.poll(rowNodes).toBeLessThanOrEqual(45);
    await expect.poll(async () => (await cpuOf(5)).filter((value) => value < 1).length).toBe(5);
  });

  it('are the same behind a link to a filter and an order', async () => {
    await page.goto(`${home}/servers?q=region:us-east-1+cpu.avg:%3E98&sort=cpu.utilization.avg`);
    const asked = await fetch(`${home}/api/servers?limit=1&q=${encodeURIComponent('region:us-east-1 cpu.avg:>98')}`);
    const { meta } = z.object({ meta: z.object({ total: z.number() }) }).parse(await asked.json());
    expect(meta.total).toBeGreaterThan(100);
    await expectTotal(meta.total);
    await expect.poll(async () => (await cpuOf(10)).length).toBe(10);
    const values = await cpuOf(10);
    expect(values).toEqual(values.toSorted((a, b) => a - b));
    expect(values[0]).toBeGreaterThanOrEqual(98);
  });

  it('are found by name in the palette', async () => {
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox', { name: 'What to go to, do or find' }).fill('web-99998.');
    await page.getByRole('option', { name: /^web-99998\.prod/ }).waitFor();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: /^web-99998\.prod/ }).waitFor();
  });

  it('let the page complain of nothing', () => {
    expect(watched.complaints).toEqual([]);
    expect(watched.foreign).toEqual([]);
  });
});

async function expectTotal(total: number): Promise<void> {
  await page.locator('.page-head .count').getByText(total.toLocaleString('en'), { exact: true }).waitFor();
  await page.locator('.grid-rows th').first().waitFor();
}

function rowNodes(): Promise<number> {
  return page.locator('.grid-rows tr').count();
}

/** The average of CPU in the first rows of those in the page, in their order, at one moment. */
async function cpuOf(count: number): Promise<number[]> {
  const texts = await page.locator('.grid-rows tr:has(th)').allInnerTexts();
  return texts.slice(0, count).map((text) => Number(/([\d.]+)\s%/.exec(text)?.[1]));
}
