import { readFile } from 'node:fs/promises';
import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { violationsOf } from './accessibility.ts';
import { type OpenedConsole, openConsole } from './open-console.ts';
import { chromium, lacks } from './parts.ts';

let home: string;
let opened: OpenedConsole;
let page: Page;
/** How many servers the demo has today. */
let fleet: number;
const read = /Job 1: partial · (\d+) created/;

describe.skipIf(lacks(chromium))('the list of servers', () => {
  beforeAll(async () => {
    opened = await openConsole('servers', [], read);
    ({ home, page } = opened);
    fleet = Number((await opened.product.saw(read))[1]);
  });

  afterAll(() => opened?.[Symbol.asyncDispose]());

  beforeEach(async () => {
    await open('/servers');
  });

  describe('by its query', () => {
    it('narrows as one types, and going back in the browser undoes it', async () => {
      await field().pressSequentially('provider:azure');
      await expectAddress({ q: 'provider:azure' });
      // What is typed on the way may find nothing.
      await expect.poll(async () => isPart(await total())).toBe(true);
      await page.goBack();
      await expectAddress({});
      await expect.poll(total).toBe(fleet);
      await expect.poll(query).toBe('');
    });

    it('is completed by keys alone, and taken apart by its terms', async () => {
      await field().pressSequentially('prov');
      for (const key of ['ArrowDown', 'Enter']) await field().press(key);
      await expect.poll(query).toBe('provider:');
      await page.getByRole('option', { name: 'aws' }).waitFor();
      for (const key of ['ArrowDown', 'Enter']) await field().press(key);
      await expect.poll(query).toBe('provider:aws ');
      await field().pressSequentially('cpu.avg:>20');
      await expectAddress({ q: 'provider:aws cpu.avg:>20' });
      await page.getByRole('button', { name: 'Remove provider:aws' }).click();
      await expectAddress({ q: 'cpu.avg:>20' });
      await expect.poll(query).toBe('cpu.avg:>20');
    });

    it('says what is wrong where it is, with the fix, and keeps the rows', async () => {
      const refused = opened.complaints.length;
      await field().fill('cpu.p95:<');
      await page.getByText('is no number · such as <5').waitFor();
      await expect.poll(() => field().getAttribute('aria-invalid')).toBe('true');
      expect(await filledRows().count()).toBeGreaterThan(5);
      await field().fill('cpu.avg:<50');
      await expect.poll(() => field().getAttribute('aria-invalid')).toBe('false');
      await filledRows().first().waitFor();
      for (const complaint of opened.complaints.slice(refused)) expect(complaint).toContain('400');
    });

    it('says which term keeps everything away', async () => {
      await open('/servers?q=provider:aws+name:~no-such-server');
      await page.getByRole('link', { name: /^Remove name:~no-such-server → \d{3}$/ }).click();
      await expectAddress({ q: 'provider:aws' });
    });

    it('understands the links of earlier versions', async () => {
      await open('/servers?region=eu-west-1&search=web');
      await expect.poll(query).toBe('web region:eu-west-1');
      await expect.poll(total).toBeLessThan(fleet);
    });
  });

  describe('by views, facets and types', () => {
    it('has views, each an address', async () => {
      for (const name of ['Idle candidates', 'Hot', 'No memory data', 'All']) {
        const link = page.getByRole('navigation', { name: 'Views' }).getByRole('link', { name, exact: true });
        await link.click();
        await expect.poll(() => link.getAttribute('aria-current')).toMatch(/true|page/);
        await filledRows().first().waitFor();
      }
      await expectAddress({});
    });

    it('counts what a facet would let through, whatever it is set to', async () => {
      const clouds = page.getByRole('group', { name: 'Cloud', exact: true });
      const aws = clouds.getByRole('checkbox', { name: /^aws/ });
      const elsewhere = page.getByRole('group', { name: 'Region', exact: true }).getByText('westeurope');
      await elsewhere.waitFor();
      await aws.focus();
      await page.keyboard.press('Space');
      await expectAddress({ q: 'provider:aws' });
      await elsewhere.waitFor({ state: 'detached' });
      const counts = await clouds.locator('small').allTextContents();
      const [first = ''] = counts;
      await expect.poll(total).toBe(Number(first.replace(',', '')));
      expect(sum(counts)).toBe(fleet);
      await page.keyboard.press('Space');
      await expectAddress({});
    });

    it('keeps both of two that are chosen before the first is drawn', async () => {
      const clouds = page.getByRole('group', { name: 'Cloud', exact: true });
      const names = (await clouds.locator('label span').allTextContents()).slice(0, 2);
      await page.evaluate("for (const box of [...document.querySelectorAll('.facets input')].slice(0, 2)) box.click()");
      await expectAddress({ q: `provider:${names.join(',')}` });
      await expect.poll(() => clouds.getByRole('checkbox', { checked: true }).count()).toBe(2);
      await open('/servers');
    });

    it('has another statistic everywhere at once', async () => {
      const average = await page.getByText('Of the filtered set:').textContent();
      await page.getByRole('link', { name: 'Sort by CPU avg' }).click();
      await expectAddress({ sort: '-cpu.utilization.avg' });
      await page.getByRole('navigation', { name: 'Statistic' }).getByRole('link', { name: 'max' }).click();
      await expectAddress({ sort: '-cpu.utilization.max', stat: 'max' });
      await page.getByRole('columnheader', { name: 'Sort by CPU max' }).waitFor();
      await expect.poll(() => page.getByText('Of the filtered set:').textContent()).not.toBe(average);
    });

    it('has other types, with the columns of what is measured of them', async () => {
      await page.getByRole('combobox', { name: 'Type' }).selectOption('all');
      await expectAddress({ type: 'all' });
      await expect.poll(total).toBe(fleet);
      await page.getByRole('combobox', { name: 'Type' }).selectOption({ index: 1 });
      await page.getByText('No servers yet').waitFor();
    });
  });

  describe('by its rows', () => {
    it('is sorted by its header, with blank values last', async () => {
      await page.getByRole('link', { name: 'Sort by CPU avg' }).click();
      await expectAddress({ sort: '-cpu.utilization.avg' });
      const header = page.getByRole('columnheader', { name: 'Sort by CPU avg' });
      await expect.poll(() => header.getAttribute('aria-sort')).toBe('descending');
      await expect.poll(async () => isFalling(await column(5))).toBe(true);
      await grid().getByRole('row').nth(1).focus();
      await page.keyboard.press('Control+End');
      await expect.poll(async () => (await column(5)).at(-1)).toMatch(/^–/);
    });

    it('is walked through by keys, to its very end and back', async () => {
      await grid().getByRole('row').nth(1).focus();
      await expect.poll(focusedRow).toBe(2);
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('j');
      await expect.poll(focusedRow).toBe(4);
      await page.keyboard.press('PageDown');
      await expect.poll(focusedRow).toBeGreaterThan(8);
      await page.keyboard.press('Control+End');
      await expect.poll(focusedRow).toBe(fleet + 1);
      await expect.poll(() => grid().getAttribute('aria-rowcount')).toBe(String(fleet + 1));
      const last = page.locator(`[aria-rowindex="${fleet + 1}"]`);
      await last.getByRole('rowheader').waitFor();
      await expect.poll(() => grid().getByRole('row').count()).toBeLessThan(46);
      await page
        .getByText(`of ${fleet.toLocaleString('en')}`)
        .first()
        .waitFor();
      await page.keyboard.press('Home');
      await expect.poll(focusedRow).toBe(2);
    });

    it('keeps the focus on a row that scrolled away, and opens it by Enter', async () => {
      await grid().getByRole('row').nth(3).focus();
      const name = await grid().getByRole('row').nth(3).getByRole('rowheader').innerText();
      await expect.poll(() => scrollOn(20_000)).toMatch(/^row 556 · \S/);
      await expect.poll(focusedRow).toBe(4);
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { name, exact: true }).waitFor();
    });

    it('draws rows by the elements of those that went, and at rest in their order', async () => {
      await filledRows().nth(3).waitFor();
      await page.evaluate("for (const row of document.querySelectorAll('.grid-rows tr')) row.isOld = true");
      await expect.poll(() => scrollOn(720)).toMatch(/^row 21 · \S/);
      const drawn = "[...document.querySelectorAll('.grid-rows tr')]";
      expect(
        await page.evaluate(`${drawn}.filter((row) => row.ariaRowIndex > 21 && row.isOld).length`),
      ).toBeGreaterThan(5);
      const order = async () =>
        z.array(z.number()).parse(await page.evaluate(`${drawn}.map((row) => +row.ariaRowIndex)`));
      await expect.poll(async () => isRising(await order())).toBe(true);
    });

    it('says why a value is missing, and never 0', async () => {
      await open('/servers?q=mem:none');
      await filledRows().nth(5).waitFor();
      const memory = await column(7);
      expect(memory.length).toBeGreaterThan(5);
      for (const value of memory) expect(value).toMatch(/^– \S/);
    });
  });

  it('stays where it is as the rest of the page comes', async () => {
    await expect.poll(() => page.locator('.view-bar option').count()).toBeGreaterThan(1);
    const shifted = await page.evaluate(`new Promise((resolve) => {
      let sum = 0;
      new PerformanceObserver((list) => {
        for (const { value, hadRecentInput } of list.getEntries()) sum += hadRecentInput ? 0 : value;
      }).observe({ type: 'layout-shift', buffered: true });
      requestAnimationFrame(() => requestAnimationFrame(() => resolve(sum)));
    })`);
    expect(shifted).toBeLessThanOrEqual(0.02);
  });

  it('is exported as it is filtered', async () => {
    await open('/servers?q=provider:azure');
    const azure = await total();
    await page.getByText('Export', { exact: true }).click();
    await page.getByText("--filter 'provider:azure'").waitFor();
    for (const [form, lines] of [
      ['CSV', azure + 1],
      ['NDJSON', azure],
    ] as const) {
      const download = page.waitForEvent('download');
      await page.getByRole('link', { name: form, exact: true }).click();
      const text = await readFile(await (await download).path(), 'utf8');
      expect(text.trimEnd().split('\n')).toHaveLength(lines);
    }
    const parquet = page.waitForEvent('download');
    await page.getByRole('link', { name: 'Parquet' }).click();
    expect((await readFile(await (await parquet).path())).subarray(0, 4).toString()).toBe('PAR1');
    await page.keyboard.press('Escape');
    await expect.poll(() => page.getByRole('link', { name: 'CSV', exact: true }).isVisible()).toBe(false);
  });

  it.each(['light', 'dark'])('has suggestions and menus without a fault in %s', async (theme) => {
    await page.setViewportSize({ width: 360, height: 900 });
    await page.evaluate(`localStorage.setItem('fleetgauge.theme', '${theme}')`);
    await open('/servers?q=provider:aws+mem:none&stat=max');
    await field().fill('acc');
    await field().press('ArrowDown');
    await expectAddress({ q: 'acc', stat: 'max' });
    await page.getByRole('button', { name: 'Remove acc' }).waitFor();
    await expect.poll(() => page.locator('.stale').count()).toBe(0);
    await page.evaluate('Promise.all(document.getAnimations().map((each) => each.finished))');
    expect(await violationsOf(page), 'suggestions').toEqual([]);
    await opened.screenshot(`servers-suggestions-${theme}`);
    await page.locator('main summary').click();
    expect(await violationsOf(page), 'open menus').toEqual([]);
    await opened.screenshot(`servers-menus-${theme}`);
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
    await page.evaluate('localStorage.clear()');
    await page.setViewportSize({ width: 1360, height: 900 });
  });

  it('complained of nothing and asked nobody else', () => {
    expect(opened.complaints.filter((complaint) => !complaint.includes('400'))).toEqual([]);
    expect(opened.foreign).toEqual([]);
  });
});

async function open(path: string): Promise<void> {
  await page.goto(`${home}${path}`);
  await page.locator('.grid-rows th, main .notice').first().waitFor();
  await page.locator('.facets label').first().waitFor();
}

function field(): Locator {
  return page.locator('main input[type="search"]');
}

function query(): Promise<string> {
  return field().inputValue();
}

function grid(): Locator {
  return page.getByRole('grid');
}

function filledRows(): Locator {
  return page.locator('.grid-rows tr:has(th)');
}

/** How many rows the list has by its head. */
async function total(): Promise<number> {
  return Number((await page.locator('.page-head .total').innerText()).replace(',', ''));
}

function isPart(count: number): boolean {
  return count > 0 && count < fleet;
}

/** What stands in all of its rows at one moment. */
function column(index: number): Promise<string[]> {
  return filledRows().locator(`td:nth-of-type(${index})`).allInnerTexts();
}

/** Scrolls the list to there, or goes on there. What it says of the row at its top, which lasts no longer than that. */
function scrollOn(top: number): Promise<unknown> {
  return page.evaluate(`(() => {
    const box = document.querySelector('.grid-scroll');
    box.scrollTop = ${top};
    box.dispatchEvent(new Event('scroll'));
    return document.querySelector('.grid-says')?.textContent ?? '';
  })()`);
}

async function focusedRow(): Promise<number> {
  return Number(await page.evaluate('document.activeElement?.getAttribute("aria-rowindex")'));
}

async function expectAddress(wanted: Readonly<Record<string, string>>): Promise<void> {
  await expect.poll(() => Object.fromEntries(new URL(page.url()).searchParams)).toEqual(wanted);
}

function isFalling(texts: readonly string[]): boolean {
  const values = texts.map((text) => Number.parseFloat(text));
  return values.length > 5 && values.every((value, at) => at === 0 || value <= (values[at - 1] ?? value));
}

function isRising(numbers: readonly number[]): boolean {
  return numbers.every((number, at) => at === 0 || number > (numbers[at - 1] ?? number));
}

function sum(counts: readonly string[]): number {
  return counts.reduce((all, count) => all + Number(count.replace(',', '')), 0);
}
