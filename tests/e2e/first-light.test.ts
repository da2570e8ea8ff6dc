import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openPage, type WatchedPage } from './browser.ts';
import { chromium, lacks } from './parts.ts';
import { type RunningCli, startCli } from './run-cli.ts';
import { type TemporaryFolder, temporaryFolder } from './temporary-folder.ts';

/** What the console says of memory where no agent runs. */
const noAgent = 'needs agent';
const aValue = /\d/;

/** How many servers there are, as the console writes it: the youngest and the just deleted depend on the day. */
let fleet = '';
let folder: TemporaryFolder;
let product: RunningCli;
let home: string;
let watched: WatchedPage;
let page: Page;

/** The first thing that anyone does: start it on a machine without credentials, and open what it prints. */
describe.skipIf(lacks(chromium))('the first minutes', () => {
  beforeAll(async () => {
    folder = await temporaryFolder('first-light');
    product = startCli(['--data', folder.path, 'up', '--port', '0'], { home: folder.path });
    [, home = ''] = await product.saw(/Console +(http:\S+)/);
    watched = await openPage(home);
    page = watched.page;
  });

  afterAll(async () => {
    await watched?.[Symbol.asyncDispose]();
    await product?.stop();
    await folder?.[Symbol.asyncDispose]();
  });

  it('shows at once that it is a demo, and that it is at work', async () => {
    await page.goto(home);
    await page.getByText('DEMO', { exact: true }).first().waitFor();
    await expect.poll(() => page.title()).toContain('DEMO');
    await watched.screenshot('1-overview-while-it-runs');
  });

  it('reads the whole fleet within a minute', async () => {
    const [, created = ''] = await product.saw(/Job 1: partial · (\d+) created/, 120_000);
    expect(Number(created)).toBeGreaterThan(1200);
    fleet = Number(created).toLocaleString('en');
    await page.reload();
    await page.getByText(fleet).first().waitFor();
    await page.getByText('Needs attention').first().waitFor();
    await watched.screenshot('2-overview');
  });

  it('lists every server, and says why a value is missing', async () => {
    await page.getByRole('link', { name: 'Servers', exact: true }).first().click();
    await page
      .getByText(new RegExp(`of ${fleet}`))
      .first()
      .waitFor();
    const rows = page.getByRole('row').filter({ has: page.getByRole('rowheader') });
    expect(await rows.count()).toBeGreaterThan(10);
    await rows.filter({ hasText: noAgent }).first().waitFor();
    await watched.screenshot('3-servers');
  });

  it('shows the Performance layout of one server, with values', async () => {
    const row = page.getByRole('row').filter({ hasText: noAgent }).filter({ hasText: 'Running' }).first();
    const name = (await row.getByRole('rowheader').textContent()) ?? '';
    await row.getByRole('link').first().click();
    await page.getByRole('heading', { name }).first().waitFor();
    for (const title of ['CPU', 'Memory', 'Disk', 'Network']) await tableOf(title).waitFor();
    for (const title of ['CPU', 'Disk', 'Network'])
      expect(await cellsOf(title)).toEqual(expect.arrayContaining([expect.stringMatching(aValue)]));
    await watched.screenshot('4-server');
  });

  it('shows memory that nobody measured as missing, not as zero', async () => {
    const usage = tableOf('Memory').getByRole('row').filter({ hasText: /usage/i }).first();
    expect(await usage.getByRole('cell').allTextContents()).toEqual([expect.stringMatching(/^– *needs agent$/)]);
  });

  it('shows the run: its regions, what failed and why, what it cost', async () => {
    await page.getByRole('link', { name: 'Runs', exact: true }).first().click();
    await page.getByRole('row').filter({ hasText: 'Partial' }).getByRole('link').first().click();
    await page.getByText('eu-central-1').first().waitFor();
    const text = await page.getByRole('main').textContent();
    expect(text).toContain('AccessDenied');
    expect(text).toMatch(/\d+ succeeded/);
    expect(text).toContain('cloudwatch:GetMetricData');
    await page
      .getByText(/^\d+ succeeded/)
      .first()
      .click();
    await page.getByText('ap-northeast-2').first().waitFor();
    await watched.screenshot('5-run');
  });

  it('complained of nothing and asked nobody else', () => {
    expect(watched.complaints).toEqual([]);
    expect(watched.foreign).toEqual([]);
  });
});

function tableOf(title: string) {
  return page.getByRole('table', { name: title, exact: true }).first();
}

function cellsOf(title: string): Promise<string[]> {
  return tableOf(title).getByRole('cell').allTextContents();
}
