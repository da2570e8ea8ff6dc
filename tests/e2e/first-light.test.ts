import { gzipSync } from 'node:zlib';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type OpenedConsole, openConsole } from './open-console.ts';
import { chromium, lacks } from './parts.ts';

/** What the console says of memory where no agent runs. */
const noAgent = 'needs agent';
const aValue = /\d/;

/** How many servers there are, as the console writes it: the youngest and the just deleted depend on the day. */
let fleet = '';
let opened: OpenedConsole;
let home: string;
let page: Page;

/** The first thing that anyone does: start it on a machine without credentials, and open what it prints. */
describe.skipIf(lacks(chromium))('the first minutes', () => {
  beforeAll(async () => {
    opened = await openConsole('first-light', []);
    ({ home, page } = opened);
  });

  afterAll(() => opened?.[Symbol.asyncDispose]());

  it('loads no more than its first page needs, packed for users', async () => {
    const packed = { js: 0, css: 0 };
    let files = 0;
    const other = await page.context().browser()?.newPage();
    if (other === undefined) throw new Error('the page is in a browser');
    const read: Promise<void>[] = [];
    other.on('response', (response) => {
      const { pathname } = new URL(response.url());
      if (pathname.startsWith('/api/')) return;
      files++;
      const kind = pathname.endsWith('.js') ? 'js' : pathname.endsWith('.css') ? 'css' : undefined;
      if (kind === undefined) return;
      const count = (body: Buffer) => {
        packed[kind] += gzipSync(body, { level: 9 }).length;
      };
      read.push(response.body().then(count));
    });
    await other.goto(home);
    await other.getByRole('heading', { level: 1 }).waitFor();
    await other.waitForLoadState('load');
    other.removeAllListeners('response');
    await Promise.all(read);
    await other.close();
    expect(packed.js).toBeGreaterThan(100_000);
    expect(packed.js).toBeLessThanOrEqual(210_000);
    expect(packed.css).toBeLessThanOrEqual(25_000);
    expect(files).toBeLessThanOrEqual(12);
  });

  it('shows at once that it is a demo, and that it is at work', async () => {
    await page.goto(home);
    await page.getByText('DEMO', { exact: true }).first().waitFor();
    await expect.poll(() => page.title()).toContain('DEMO');
    await opened.screenshot('1-overview-while-it-runs');
  });

  it('reads the whole fleet within a minute', async () => {
    const [, created = ''] = await opened.product.saw(/Job 1: partial · (\d+) created/);
    expect(Number(created)).toBeGreaterThan(1200);
    fleet = Number(created).toLocaleString('en');
    await page.reload();
    await page.getByText(fleet).first().waitFor();
    await page.getByText('Needs attention').first().waitFor();
    await opened.screenshot('2-overview');
  });

  it('lists every server, and says why a value is missing', async () => {
    await page.getByRole('link', { name: 'Servers', exact: true }).first().click();
    await page
      .getByText(new RegExp(`of ${fleet}`))
      .first()
      .waitFor();
    const rows = page.getByRole('row').filter({ has: page.getByRole('rowheader') });
    await expect.poll(() => rows.count()).toBeGreaterThan(10);
    await rows.filter({ hasText: noAgent }).first().waitFor();
    await opened.screenshot('3-servers');
  });

  it('shows the Performance layout of one server, with values', async () => {
    const row = page.getByRole('row').filter({ hasText: noAgent }).filter({ hasText: 'Running' }).first();
    const name = (await row.getByRole('rowheader').textContent()) ?? '';
    await row.getByRole('link').first().click();
    await page.getByRole('heading', { name }).first().waitFor();
    for (const title of ['CPU', 'Memory', 'Disk', 'Network']) await tableOf(title).waitFor();
    for (const title of ['CPU', 'Disk', 'Network'])
      await tableOf(title).getByRole('cell', { name: aValue }).first().waitFor();
    await opened.screenshot('4-server');
  });

  it('shows memory that nobody measured as missing, not as zero', async () => {
    const usage = tableOf('Memory').getByRole('row').filter({ hasText: /usage/i }).first();
    await expect
      .poll(() => usage.getByRole('cell').allTextContents())
      .toEqual([expect.stringMatching(/^– *needs agent$/)]);
  });

  it('shows the run: its regions, what failed and why, what it cost', async () => {
    await page.getByRole('link', { name: 'Runs', exact: true }).first().click();
    await page.getByRole('row').filter({ hasText: 'Partial' }).getByRole('link').first().click();
    await page.getByRole('heading', { name: 'Run #1' }).waitFor();
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
    await opened.screenshot('5-run');
  });

  it('complained of nothing and asked nobody else', () => {
    expect(opened.complaints).toEqual([]);
    expect(opened.foreign).toEqual([]);
  });
});

function tableOf(title: string) {
  return page.getByRole('table', { name: title, exact: true }).first();
}
