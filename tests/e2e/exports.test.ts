import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { violationsOf } from './accessibility.ts';
import { openPage } from './browser.ts';
import { type OpenedConsole, openConsole } from './open-console.ts';
import { chromium, lacks } from './parts.ts';

const Exports = z.object({ files: z.array(z.looseObject({ id: z.int(), state: z.string(), rows: z.int() })) });

const Listed = z.object({ data: z.json(), meta: z.looseObject({}) });

let home: string;
let opened: OpenedConsole;
let page: Page;

async function ask<T>(path: string, data: z.ZodType<T>): Promise<T> {
  const answer = await fetch(`${home}/api${path}`);
  return z.object({ data }).parse(await answer.json()).data;
}

/** Files that are made in the background, as somebody has them who wants a large one. */
describe.skipIf(lacks(chromium))('exports', () => {
  beforeAll(async () => {
    opened = await openConsole('exports', ['--demo'], /Job 1: /);
    ({ home, page } = opened);
    page.setDefaultTimeout(60_000);
  });

  afterAll(() => opened?.[Symbol.asyncDispose]());

  it('say what belongs there while there are none', async () => {
    await page.goto(`${home}/exports`);
    await page.getByRole('heading', { name: 'No exports' }).waitFor();
    await page.getByText('fleetgauge export --format parquet').waitFor();
    await page.getByText(/^Files are kept for 7 days\. Yours take 0\sB of/).waitFor();
    expect(await violations()).toEqual([]);
  });

  it('of the filtered servers are asked for by the keyboard, made, and taken', async () => {
    await page.goto(`${home}/servers?q=provider:azure`);
    await page.getByRole('row').nth(1).waitFor();
    const total = await page.locator('.page-head .total').innerText();
    await page.keyboard.press('e');
    await page
      .getByRole('group', { name: 'In the background', exact: true })
      .getByRole('button', { name: 'CSV' })
      .press('Enter');
    await page.getByRole('status').filter({ hasText: 'Export #1 is being made.' }).waitFor();
    await page.locator('.menu').getByRole('link', { name: 'Exports' }).press('Enter');
    const row = page.getByRole('row', { name: /^Servers #1/ });
    await row.getByText('Ready').waitFor();
    await expect.poll(() => row.locator('td.number').first().innerText()).toBe(total);
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      row.getByRole('link', { name: /^Download fleetgauge-DEMO-servers-/ }).click(),
    ]);
    const lines = (await readFile(await download.path(), 'utf8')).trimEnd().split('\r\n');
    expect(lines[0]).toMatch(/^demo,provider,account/);
    expect(new Set(lines.slice(1).map((line) => line.split(',').slice(0, 2).join()))).toEqual(
      new Set(['DEMO: made up,azure']),
    );
    expect((lines.length - 1).toLocaleString('en')).toBe(total);
    await row.getByRole('link', { name: 'provider:azure' }).click();
    await page.waitForURL(/\/servers\?q=provider(%3A|:)azure/);
  });

  it('of very many servers are offered in the background first', async () => {
    await page.route(/\/api\/servers\?/, async (route) => {
      const { data, meta } = Listed.parse(await (await route.fetch()).json());
      await route.fulfill({ json: { data, meta: { ...meta, total: 50_001 } } });
    });
    const groups = page.locator('.menu').getByRole('group');
    await page.goto(`${home}/servers`);
    await page.getByRole('row').nth(1).waitFor();
    await page.keyboard.press('e');
    await page.getByText('So many rows take a while').waitFor();
    await expect.poll(() => groups.first().locator('legend').innerText()).toBe('In the background');
    await expect.poll(() => groups.last().locator('legend').innerText()).toBe('At once');
    await page.unrouteAll({ behavior: 'wait' });
  });

  it('of verdicts keep the filter of their page, which they lead back to', async () => {
    await page.goto(`${home}/rightsizing?class=idle`);
    await page.getByRole('row').nth(1).waitFor();
    await page.keyboard.press('e');
    await page.getByRole('group', { name: 'In the background' }).getByRole('button', { name: 'Parquet' }).click();
    await page.locator('.menu').getByRole('link', { name: 'Exports' }).click();
    const row = page.getByRole('row', { name: /^Verdicts #2/ });
    await row.getByText('Ready').waitFor();
    await row.getByText('Parquet').waitFor();
    await row.getByRole('link', { name: 'Idle' }).click();
    await page.waitForURL(/\/rightsizing\?class=idle&state=any/);
  });

  it('are made again, once for two clicks, and deleted once that was meant', async () => {
    await page.goto(`${home}/exports`);
    const clicked = Promise.withResolvers<void>();
    await page.route(/\/api\/exports$/, async (route) => {
      if (route.request().method() === 'POST') await clicked.promise;
      await route.continue();
    });
    await page.getByRole('button', { name: 'Again: export #1' }).dblclick();
    clicked.resolve();
    await page
      .getByRole('row', { name: /^Servers #3/ })
      .getByText('Ready')
      .waitFor();
    await page.unrouteAll({ behavior: 'wait' });
    await page.getByRole('button', { name: 'Delete export #1' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('button', { name: 'Delete export #1' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await expect.poll(() => page.getByRole('row', { name: /^Servers #1/ }).count()).toBe(0);
    expect((await ask('/exports', Exports)).files.map(({ id }) => id)).toEqual([3, 2]);
  });

  it('say how far they are until they are over, and why there is none', async () => {
    const { files } = await ask('/exports', Exports);
    const [first, second] = files;
    const error = { code: 'conflict', message: 'with this file your exports would take more', fix: 'Delete some.' };
    let state = 'RUNNING';
    const canceled: string[] = [];
    await page.route(/\/api\/exports\/\d+\/cancel/, async (route) => {
      canceled.push(route.request().url());
      state = 'CANCELED';
      await route.continue();
    });
    await page.route(/\/api\/exports$/, async (route) => {
      const answer = await route.fetch();
      const { data, meta } = z.object({ data: z.looseObject({}), meta: z.json() }).parse(await answer.json());
      const changed = [
        { ...first, state, done: 400, total: 1600, expires_at: null },
        { ...second, state: 'FAILED', error },
      ];
      await route.fulfill({ json: { data: { ...data, files: changed }, meta } });
    });
    await page.goto(`${home}/exports`);
    const made = page.getByRole('row', { name: /^Servers #3/ });
    await made.getByText('400 of 1,600 servers').waitFor();
    expect(await made.getByRole('progressbar', { name: 'How far export #3 is' }).getAttribute('value')).toBe('400');
    await page.getByText('with this file your exports would take more. Delete some.').waitFor();
    expect(await violations()).toEqual([]);
    await page.getByRole('button', { name: 'Cancel export #3' }).click();
    await made.getByText('Canceled').waitFor();
    expect(canceled).toHaveLength(1);
    // What goes on is asked for again by itself.
    state = 'RUNNING';
    await page.reload();
    await made.getByText('Being made').waitFor();
    state = 'READY';
    await made.getByText('Ready').waitFor();
    await page.unrouteAll({ behavior: 'wait' });
  });

  it('lead back from a page whose files are gone', async () => {
    await page.route(/\/api\/exports\?cursor=/, async (route) => {
      const { data, meta } = await (await page.request.get(`${home}/api/exports`)).json();
      await route.fulfill({ json: { data: { ...data, files: [] }, meta } });
    });
    await page.goto(`${home}/exports?after=1`);
    await page.getByRole('heading', { name: 'No older exports' }).waitFor();
    await page.getByRole('link', { name: 'Newest' }).click();
    await page.getByRole('row', { name: /^Servers #3/ }).waitFor();
    await page.unrouteAll({ behavior: 'wait' });
  });

  it('offer no copy of their command where the browser lends no clipboard', async () => {
    await using plain = await openPage(home);
    await plain.page.addInitScript('delete Navigator.prototype.clipboard');
    await plain.page.goto(`${home}/rightsizing`);
    await plain.page.getByRole('row').nth(1).waitFor();
    await plain.page.keyboard.press('e');
    await plain.page.locator('.menu').getByText('fleetgauge rightsizing list').waitFor();
    expect(await plain.page.getByRole('button', { name: 'Copy' }).count()).toBe(0);
  });

  it('are found by keys and by name', async () => {
    await page.goto(home);
    await page.getByRole('heading', { level: 1 }).waitFor();
    // Both within the time that the first one waits, however busy the browser is.
    await Promise.all(['g', 'f'].map((key) => page.keyboard.press(key)));
    await page.waitForURL(`${home}/exports`);
    await page.getByRole('navigation', { name: 'You are here' }).getByText('Exports').waitFor();
    await expect
      .poll(() => page.getByRole('link', { name: 'Exports' }).first().getAttribute('aria-current'))
      .toBe('page');
    await page.goto(home);
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox', { name: 'What to go to, do or find' }).fill('expor');
    await page.getByRole('option', { name: 'Exports', exact: true }).click();
    await page.waitForURL(`${home}/exports`);
  });

  it('are without a violation, with files and without an answer', async () => {
    await page.getByRole('row').nth(1).waitFor();
    expect(await violations()).toEqual([]);
    await page.goto(`${home}/rightsizing`);
    await page.getByRole('row').nth(1).waitFor();
    await page.keyboard.press('e');
    await page.locator('.menu[open]').waitFor();
    expect(await violations()).toEqual([]);
    const failure = { error: { code: 'internal', message: 'fleetgauge failed to answer', fix: 'Try again.' } };
    await page.route(/\/api\/exports/, (route) => route.fulfill({ status: 500, json: failure }));
    await page.goto(`${home}/exports`);
    await page.getByRole('alert').waitFor();
    expect(await violations()).toEqual([]);
  });
});

/** Of the page as it is, in each theme and width. What a theme cannot change is looked at once. */
async function violations(): Promise<string[]> {
  const found: string[] = [];
  for (const width of [1360, 360]) {
    await page.setViewportSize({ width, height: 900 });
    for (const [colorScheme, rules] of [['light', undefined] as const, ['dark', ['color-contrast']] as const]) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      found.push(...(await violationsOf(page, rules)).map((violation) => `${width} ${colorScheme} ${violation}`));
    }
    if (await page.evaluate('document.documentElement.scrollWidth > innerWidth')) found.push(`${width}: too wide`);
  }
  await page.setViewportSize({ width: 1360, height: 900 });
  await page.emulateMedia({ colorScheme: 'light' });
  return found;
}
