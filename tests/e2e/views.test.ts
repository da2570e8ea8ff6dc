import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { violationsOf } from './accessibility.ts';
import { growServer } from './data-folder.ts';
import { type OpenedConsole, openConsole } from './open-console.ts';
import { chromium, lacks } from './parts.ts';

const Bins = z.object({
  servers: z.number(),
  measured: z.number(),
  corners: z.array(z.object({ name: z.string(), servers: z.number() })),
});

let home: string;
let opened: OpenedConsole;
let page: Page;

describe.skipIf(lacks(chromium))('servers, seen otherwise', () => {
  beforeAll(async () => {
    opened = await openConsole('views', [], /Job 1: partial/);
    ({ home, page } = opened);
    page.context().setDefaultTimeout(60_000);
  });

  afterAll(() => opened?.[Symbol.asyncDispose]());

  describe('as hexagons', () => {
    it('say in a sentence what the API says, and how many have no value', async () => {
      const { servers, measured, corners } = await bins();
      await open('/servers?view=scatter');
      const summary = await page.locator('main .summary').innerText();
      const idle = corners.find(({ name }) => name === 'idle')?.servers ?? 0;
      expect(measured).toBeLessThan(servers);
      expect(summary).toContain(`Of ${english(measured)} servers with both values: idle ${english(idle)}`);
      expect(summary).toContain(`${english(servers - measured)} without a value are not drawn.`);
    });

    it('are walked through by arrow keys, and Enter narrows the query to one', async () => {
      await open('/servers?view=scatter');
      const before = await total();
      await page.getByRole('listbox', { name: /^Servers by CPU avg and CPU max/ }).focus();
      const first = await page.locator('.chart-body [role="option"]').innerText();
      await page.keyboard.press('ArrowUp');
      await expect.poll(() => page.locator('.chart-body [role="option"]').innerText()).not.toBe(first);
      const said = await page.locator('.chart-body [role="option"]').innerText();
      await page.keyboard.press('Enter');
      await expect.poll(query).toMatch(/^cpu\.avg:\S+ cpu\.max:\S+$/);
      const inCell = Number(/servers: ([\d,]+)$/.exec(said)?.[1]?.replace(',', ''));
      await expect.poll(total).toBeLessThan(before);
      expect(await total()).toBeGreaterThanOrEqual(inCell);
    });

    it('are narrowed by a box that is drawn, by numbers, and by a corner', async () => {
      await open('/servers?view=scatter');
      const plot = await page.locator('.hexbin-plot').boundingBox();
      if (plot === null) throw new Error('nothing is drawn');
      await page.mouse.move(plot.x + plot.width * 0.1, plot.y + plot.height * 0.1);
      await page.mouse.down();
      await page.mouse.move(plot.x + plot.width * 0.4, plot.y + plot.height * 0.5, { steps: 4 });
      await page.mouse.up();
      await expect.poll(query).toMatch(/^cpu\.avg:[\d.]+\.\.[\d.]+ cpu\.max:[\d.]+\.\.[\d.]+$/);

      await open('/servers?view=scatter');
      await page.evaluate(boxAtOnce);
      await expect.poll(query).toMatch(/^cpu\.avg:[\d.]+\.\.[\d.]+ cpu\.max:[\d.]+\.\.[\d.]+$/);

      await open('/servers?view=scatter');
      await page.getByRole('group', { name: 'CPU max, %' }).getByLabel('from').fill('20');
      await page.getByRole('group', { name: 'CPU max, %' }).getByLabel('to').fill('40');
      await page.getByRole('button', { name: 'Narrow to these ranges' }).click();
      await expect.poll(query).toBe('cpu.max:20..40');

      await open('/servers?view=scatter');
      const { corners } = await bins();
      await page.getByRole('button', { name: /^idle \d/ }).click();
      await expect.poll(query).toBe('cpu.avg:<10 cpu.max:<10');
      await expect.poll(total).toBe(corners.find(({ name }) => name === 'idle')?.servers);
    });

    it('are a table, too', async () => {
      await open('/servers?view=scatter&x=mem.avg&y=mem.max');
      await page.getByRole('button', { name: 'Table', exact: true }).click();
      await page.getByRole('columnheader', { name: 'Memory avg' }).waitFor();
      await expect.poll(() => page.locator('.hexbin-table tbody tr').count()).toBeGreaterThan(5);
    });
  });

  describe('as a map', () => {
    it('has an area for each server, which opens beside it', async () => {
      await open('/servers?view=map');
      const map = page.getByRole('listbox', { name: /^Map/ });
      await map.focus();
      await page.keyboard.press('Home');
      const first = await page.locator('.chart-body [role="option"]').innerText();
      await page.keyboard.press('ArrowRight');
      await expect.poll(() => page.locator('.chart-body [role="option"]').innerText()).not.toBe(first);
      const [, , name = ''] = (await page.locator('.chart-body [role="option"]').innerText()).split(' · ');
      await page.keyboard.press('Enter');
      await page.getByRole('dialog').getByRole('heading', { name, exact: true }).waitFor();
      await page.keyboard.press('Escape');
      await expect.poll(() => page.getByRole('dialog').count()).toBe(0);
      await expect.poll(() => map.evaluate('document.activeElement?.className')).toContain('map-plot');
    });

    it('is narrowed by its legend, by what has no value, too', async () => {
      await open('/servers?view=map&color=mem.avg');
      const legend = page.getByRole('list', { name: 'Colours of Memory avg: narrow to one' });
      await legend.getByRole('button', { name: '10.0–25.0' }).click();
      await expect.poll(query).toBe('mem.avg:>=10 mem.avg:<25');
      await open('/servers?view=map&color=mem.avg');
      await legend.getByRole('button', { name: 'no data' }).click();
      await expect.poll(query).toBe('mem.avg:none');
      await page.getByText('No server has a value of Memory avg.').waitFor();
    });

    it('is a table, too', async () => {
      await open('/servers?view=map&q=provider:azure');
      await page.getByRole('button', { name: 'Table', exact: true }).click();
      await expect.poll(() => page.locator('.hexbin-table tbody tr').count()).toBeGreaterThan(20);
    });
  });

  describe('beside the list', () => {
    it('a row opens by Space, j and k lead on, Escape leads back, Enter to the page', async () => {
      await open('/servers?sort=-cpu.utilization.avg');
      const names = await page.locator('.grid-rows th a').allInnerTexts();
      await page.getByRole('row').nth(2).focus();
      await page.keyboard.press(' ');
      await peeked(names[1]);
      await page.keyboard.press('j');
      await peeked(names[2]);
      await page.waitForURL(/[?&]peek=\d+$/);
      await page.keyboard.press('k');
      await page.keyboard.press('k');
      await peeked(names[0]);
      await page.keyboard.press('Escape');
      await expect.poll(() => page.getByRole('dialog').count()).toBe(0);
      await expect.poll(() => page.evaluate('document.activeElement?.getAttribute("aria-rowindex")')).toBe('2');
      await page.keyboard.press(' ');
      await peeked(names[0]);
      await page.keyboard.press('Enter');
      await page.waitForURL(/\/servers\/\d+/);
    });

    it('a server is what the address says, with its sources', async () => {
      await open('/servers');
      await page
        .getByRole('row')
        .nth(1)
        .getByRole('button', { name: /^Look at/ })
        .click();
      await page.waitForURL(/[?&]peek=\d+$/);
      const address = page.url();
      await page.goto('about:blank');
      await page.goto(address);
      const drawer = page.getByRole('dialog');
      await drawer.getByText('EC2 DescribeInstanceTypes').first().waitFor();
      await drawer.getByRole('heading', { name: 'Verdict' }).waitFor();
      await drawer.getByRole('heading', { name: 'CPU, last 28 days' }).waitFor();
    });
  });

  describe('in the table', () => {
    it('columns are chosen and moved, and the address says so', async () => {
      await open('/servers');
      await page.getByRole('button', { name: 'Columns' }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByRole('checkbox', { name: 'Region' }).click();
      await dialog.getByRole('button', { name: 'Move CPU up' }).click();
      await dialog.getByRole('button', { name: 'Done' }).click();
      const first = async () => (await headers()).slice(0, 5);
      await expect.poll(first).toEqual(['Name', 'Account', 'Type', 'CPU avg', 'State']);
      await page.getByRole('button', { name: 'Columns' }).click();
      const ticked = dialog.getByRole('checkbox', { checked: true });
      const before = await ticked.count();
      // The second one before the first is drawn.
      const others = "document.querySelectorAll('.column-dialog input:not(:checked)')";
      await page.evaluate(`for (const box of [...${others}].slice(0, 2)) box.click()`);
      await expect.poll(() => ticked.count()).toBe(before + 2);
      await dialog.getByRole('button', { name: 'Usual columns' }).click();
      await expect.poll(headers).toContain('Region');
      await expect.poll(() => new URL(page.url()).searchParams.get('cols')).toBeNull();
    });

    it('rows carry a trend where its column is shown, and no other time', async () => {
      const asked: string[] = [];
      page.on('request', (request) => asked.push(request.url()));
      await open('/servers?cols=name,trend&sort=-cpu.utilization.avg');
      await page.locator('.sparkline .line[d^="M"]').first().waitFor({ state: 'attached' });
      expect(
        asked.filter((url) => url.includes('/api/servers?') && !url.includes('trend=14') && url.includes('limit=100')),
      ).toEqual([]);
      await page.goto('about:blank');
      asked.length = 0;
      await open('/servers?cols=name,state');
      expect(asked.filter((url) => url.includes('trend='))).toEqual([]);
    });

    it('rows are lower where that is wanted', async () => {
      await open('/servers');
      await page.getByRole('link', { name: 'Compact' }).click();
      await expect.poll(async () => (await page.getByRole('row').nth(1).boundingBox())?.height).toBe(28);
    });

    it('rows are picked by x and by their boxes, as a file and to be decided on', async () => {
      await open('/servers?q=cpu.max:%3C10+state:RUNNING+provider:aws&sort=-cpu.utilization.avg');
      const names = await page.locator('.grid-rows th a').allInnerTexts();
      await page.getByRole('row').nth(1).focus();
      await page.keyboard.press('x');
      await page.getByText('1 selected').waitFor();
      await page.getByRole('row').nth(3).getByRole('checkbox').click();
      await page.getByText('2 selected').waitFor();
      const download = page.waitForEvent('download');
      await page.getByRole('link', { name: 'Export NDJSON' }).click();
      const lines = (await readFile(await (await download).path(), 'utf8')).trimEnd().split('\n');
      expect(lines).toHaveLength(2);
      for (const name of [names[0], names[2]]) expect(lines.join('\n')).toContain(`"${name}"`);
      await page.getByRole('button', { name: 'Snooze 2…' }).waitFor();
      await page.getByRole('button', { name: 'Clear selection' }).click();
      await expect.poll(() => page.getByText(/^\d selected/).count()).toBe(0);
    });

    it('the foot says how what it is sorted by is spread', async () => {
      await open('/servers?sort=-memory.usage.avg&q=provider:aws');
      const summary = page.locator('.grid-summary');
      await expect
        .poll(() => summary.innerText())
        .toMatch(/Memory avg · p50 [\d.]+\s% · p90 [\d.]+\s% · no value: \d+/);
      const [, p50 = '', p90 = ''] = /p50 ([\d.]+).*p90 ([\d.]+)/.exec(await summary.innerText()) ?? [];
      expect(Number(p50)).toBeLessThan(Number(p90));
    });

    it('a view is saved with all that it shows, and removed', async () => {
      await open('/servers?q=provider:gcp&sort=name&rows=compact');
      await page.getByRole('button', { name: 'Save view' }).click();
      await page.getByLabel('Name', { exact: true }).fill('mine');
      await page.keyboard.press('Enter');
      const link = page.getByRole('navigation', { name: 'Views' }).getByRole('link', { name: 'mine' });
      await link.waitFor();
      await open('/servers');
      await link.click();
      await expect
        .poll(() => Object.fromEntries(new URL(page.url()).searchParams))
        .toEqual({ q: 'provider:gcp', sort: 'name', rows: 'compact' });
      await page.getByRole('button', { name: 'Save view' }).click();
      await page.getByRole('button', { name: 'Remove mine' }).click();
      await expect.poll(() => link.count()).toBe(0);
      await page.keyboard.press('Escape');
    });

    it('two tabs lose no view of each other', async () => {
      await open('/servers');
      const opened = page.waitForEvent('popup');
      await page.evaluate("void open('/servers?q=provider:aws')");
      const other = await opened;
      const save = async (tab: Page, name: string) => {
        await tab.getByRole('button', { name: 'Save view' }).click();
        await tab.getByLabel('Name', { exact: true }).fill(name);
        await tab.keyboard.press('Enter');
      };
      await save(other, 'theirs');
      await save(page, 'ours');
      for (const tab of [page, other]) {
        const views = tab.getByRole('navigation', { name: 'Views' });
        for (const name of ['theirs', 'ours']) await views.getByRole('link', { name }).waitFor();
      }
      await other.close();
    });
  });

  it('one that has changed its size is marked in its history, with how busy it was before and after', async () => {
    const asked = await fetch(`${home}/api/servers?q=provider:aws+state:RUNNING+cpu.avg:%3E5&limit=1`);
    const [{ id }] = z.object({ data: z.tuple([z.object({ id: z.number() })]) }).parse(await asked.json()).data;
    growServer(join(opened.folder, 'demo'), id, 5);
    await page.goto(`${home}/servers/${id}?tab=history`);
    await page.getByRole('heading', { name: 'What changed' }).waitFor();
    await page.getByText('Size m7i.small → m7i.large').first().waitFor();
    await page.locator('.day-chart').first().locator('.change.size').first().waitFor();
    const before = page.locator('section').filter({ has: page.getByRole('heading', { name: 'CPU before and after' }) });
    await before.getByRole('button', { name: 'Table' }).click();
    const ends = () =>
      Promise.all(
        [before.locator('tbody tr').first(), before.locator('tbody tr').last()].map((row) => row.innerText()),
      );
    // Some servers rest at the weekend.
    await expect
      .poll(ends)
      .toEqual([
        expect.stringMatching(/^m7i\.small\s+\d+\s+[\d.]+\s%\s+–\s+–\s+[\d.]+\s%$/),
        expect.stringMatching(/^m7i\.large\s+[1-4]\s+[\d.]+\s%\s+–\s+–\s+[\d.]+\s%$/),
      ]);
    const cpu = page.locator('section').filter({ has: page.getByRole('heading', { name: 'CPU', exact: true }) });
    await cpu.getByRole('button', { name: 'Table' }).click();
    await cpu.getByRole('cell', { name: 'Size m7i.small → m7i.large' }).waitFor();
    expect(await violationsOf(page)).toEqual([]);
    await opened.screenshot('views-history-changes');
  });

  it('of a run that did not read everything say so above, and that they are at least so many', async () => {
    for (const path of ['/servers', '/servers?view=map', '/rightsizing']) {
      await page.goto(`${home}${path}`);
      const bar = page.getByRole('region', { name: 'What the last run did not read' });
      await bar.getByRole('link', { name: 'Run 1 did not read everything' }).waitFor();
      await bar.getByText(/^\d+ of \d+ regions are not whole$/).waitFor();
      await expect.poll(() => page.locator('.page-head .count').innerText()).toMatch(/^≥ [\d,]+$/);
      expect(await violationsOf(page), path).toEqual([]);
    }
    await page.goto(`${home}/servers`);
    await page.getByText(/^updated /).waitFor();
  });

  it('none of which match say of how many, and which term to take away', async () => {
    await page.goto(`${home}/servers?q=provider:aws+name:~no-such-server`);
    await page.getByRole('heading', { name: /^Nothing matches: 0 of 1,\d{3}$/ }).waitFor();
    const best = page.getByRole('listitem').filter({ hasText: 'gives most' });
    await best.getByRole('link', { name: /^Remove name:~no-such-server → \d+$/ }).waitFor();
    await expect.poll(() => best.count()).toBe(1);
  });

  it('are asked for no longer than one wants to wait', async () => {
    await page.route(chartRoutes, () => undefined);
    await page.goto(`${home}/servers?view=map`);
    await page.getByText('Still asking…').waitFor();
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.getByText('Stopped: nothing is asked any more.').waitFor();
    expect(await violationsOf(page)).toEqual([]);
    await page.unroute(chartRoutes);
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.locator('.map-plot svg').waitFor();
  });

  it('are measured in part: of cpu, memory, disk and network it is said how many', async () => {
    await page.goto(home);
    const terms = page.locator('.coverage dt');
    await expect.poll(() => terms.allInnerTexts()).toEqual(['CPU', 'Memory', 'Disk', 'Network']);
    for (const share of await page.locator('.coverage dd').allInnerTexts())
      expect(share.trim()).toMatch(/^[1-9]\d?\s?%$/);
  });

  it('an answer that does not come is said, and asked for again', async () => {
    await page.route(chartRoutes, (route) => route.abort());
    for (const view of ['scatter', 'map']) {
      await page.goto(`${home}/servers?view=${view}`);
      await page.getByRole('alert').getByText('Fleetgauge does not answer').waitFor();
      expect(await violationsOf(page), view).toEqual([]);
    }
    await page.unroute(chartRoutes);
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.locator('.map-plot svg').waitFor();
  });

  it('asked nobody else, and complained of what did not come alone', () => {
    expect(opened.complaints.filter((complaint) => !complaint.includes('ERR_FAILED'))).toEqual([]);
    expect(opened.foreign).toEqual([]);
  });
});

const chartRoutes = /\/api\/servers\/(?:bins|groups)\?/;

async function open(path: string): Promise<void> {
  await page.goto(`${home}${path}`);
  await page.locator('.grid-rows th, main .notice, .hexbin-plot, .map-plot').first().waitFor();
  if (path.includes('peek=')) await page.locator('.peek dl').waitFor();
  await page.locator('.facets label').first().waitFor();
}

async function bins() {
  const answer = await fetch(`${home}/api/servers/bins`);
  return z.object({ data: Bins }).parse(await answer.json()).data;
}

/** A mouse that is faster than the page draws. */
const boxAtOnce = `{
  const plot = document.querySelector('.hexbin-plot [role="listbox"]');
  const { left, top } = plot.getBoundingClientRect();
  for (const [type, x, y] of [['down', 50, 40], ['move', 200, 160], ['up', 200, 160]]) {
    const at = { clientX: left + x, clientY: top + y, pointerId: 1, pointerType: 'mouse', bubbles: true };
    plot.dispatchEvent(new PointerEvent('pointer' + type, at));
  }
}`;

const english = (count: number) => count.toLocaleString('en');

async function total(): Promise<number> {
  return Number((await page.locator('.page-head .total').innerText()).replace(',', ''));
}

function query(): string | null {
  return new URL(page.url()).searchParams.get('q');
}

async function headers(): Promise<string[]> {
  return page.getByRole('columnheader').allInnerTexts();
}

async function peeked(name: string | undefined): Promise<void> {
  await page
    .getByRole('dialog')
    .getByRole('heading', { name: name ?? '', exact: true })
    .waitFor();
}
