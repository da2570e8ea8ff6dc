import { fileURLToPath } from 'node:url';
import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pluginData, pluginMetadata } from '../../console/src/layout/plugin-record.fixture.ts';
import { violationsOf } from './accessibility.ts';
import { type OpenedConsole, openConsole } from './open-console.ts';
import { chromium, lacks } from './parts.ts';
import { runCli } from './run-cli.ts';

const plugin = fileURLToPath(new URL('layout-plugin.ts', import.meta.url));

/** What a theme can change. */
const themeRules = ['color-contrast', 'link-in-text-block'];

let opened: OpenedConsole;
let page: Page;

/** A server that a plugin of Cloudforet reported, with disks, labels and layouts of its own. */
describe.skipIf(lacks(chromium))('layouts of a plugin', () => {
  beforeAll(async () => {
    opened = await openConsole('layouts', ['--no-demo']);
    ({ page } = opened);
    page.setDefaultTimeout(60_000);
    const { folder } = opened;
    const run = (words: readonly string[]) => runCli(['--data', folder, 'collector', ...words], { home: folder });
    const added = await run(['add', 'plug', '--', process.execPath, plugin, '{port}']);
    expect(added.code, added.stderr).toBe(0);
    const collected = await run(['run', 'plug']);
    expect(collected.code, collected.stderr).toBe(0);
  });

  afterAll(() => opened?.[Symbol.asyncDispose]());

  it('come with the record as the plugin wrote them', async () => {
    const reply = await page.request.get(`${opened.home.split('?')[0]}/api/servers/1`);
    const { data } = await reply.json();
    expect(data.record.metadata).toEqual({ 'plugin:plug': pluginMetadata });
    expect(data.record.data).toMatchObject({ disks: pluginData.disks, labels: pluginData.labels });
  });

  it('are drawn by their types', async () => {
    await open('/servers/1');
    for (const name of ['AWS EC2', 'Disks', 'NIC', 'Events', 'All labels', 'As it is', 'Run', 'Note', 'Everything']) {
      await page.getByRole('heading', { name, exact: true }).waitFor();
    }
    await page.getByText('A layout of type “hologram” is shown raw').waitFor();
    await page.getByRole('link', { name: 'aws', exact: true }).click();
    await expect.poll(() => new URL(page.url()).search).toContain('q=provider%3A%22aws%22');
    await open('/servers/1');
    await opened.screenshot('plugin');
  });

  it('have tables that are sorted, searched and paged', async () => {
    const disks = page.getByRole('region', { name: 'Disks' });
    await expect.poll(() => disks.getByRole('row').count()).toBe(51);
    const device = disks.getByRole('columnheader', { name: 'Device' });
    await device.getByRole('button').press('Enter');
    await expect.poll(() => device.getAttribute('aria-sort')).toBe('ascending');
    await expect.poll(() => disks.getByRole('row').nth(1).textContent()).toMatch(/^\/dev\/sd0100\s?GiB/);
    const next = page.getByRole('button', { name: 'Next rows' });
    for (let turn = 0; turn < 2; turn++) await next.press('Enter');
    await page.getByText('Rows 101 – 130 of 130').waitFor();
    await expect.poll(() => disks.getByRole('row').count()).toBe(31);
    await page.getByRole('searchbox', { name: 'Filter Disks' }).fill('vol-129');
    await expect.poll(() => disks.getByRole('row').count()).toBe(2);
    await expect.poll(() => disks.getByRole('cell', { name: 'Provisioned IOPS' }).count()).toBe(1);
    await page.getByRole('searchbox', { name: 'Filter Disks' }).fill('no such disk');
    await page.getByText('No row has this text').waitFor();
    await page.getByRole('searchbox', { name: 'Filter Disks' }).fill('');
    await page.getByRole('button', { name: 'Show 1 more' }).last().press('Enter');
    await disks.getByRole('columnheader', { name: 'Volume ID' }).waitFor();
  });

  it('open layers by keys, and give the focus back', async () => {
    for (const [name, inside] of [
      ['Detail: patch', 'ops'],
      ['Open Everything', 'i-plugged'],
    ] as const) {
      const opener = page.getByRole('button', { name, exact: true });
      await opener.focus();
      await page.keyboard.press('Enter');
      const layer = page.getByRole('dialog');
      await layer.getByText(inside).first().waitFor();
      expect(await violationsOf(page)).toEqual([]);
      await opened.screenshot(`layer-${inside}`);
      await page.keyboard.press('Escape');
      await layer.waitFor({ state: 'detached' });
      await expect.poll(() => hasFocus(opener)).toBe(true);
    }
  });

  it('open a layer in a layer, and leave one of them at a time', async () => {
    const layers = page.getByRole('dialog');
    await page.getByRole('button', { name: 'Open Log', exact: true }).press('Enter');
    const inner = layers.getByRole('button', { name: 'Detail: patch' });
    await inner.press('Enter');
    await layers.nth(1).getByText('ops').waitFor();
    await opened.screenshot('layers');
    await page.keyboard.press('Escape');
    await layers.nth(1).waitFor({ state: 'detached' });
    await expect.poll(() => layers.count()).toBe(1);
    await expect.poll(() => hasFocus(inner)).toBe(true);
    await page.keyboard.press('Escape');
    await layers.waitFor({ state: 'detached' });
  });

  it('have a filter that ends with their server, beside the list and on its page', async () => {
    const rows = page.getByRole('region', { name: 'Disks' }).getByRole('row');
    const filter = page.getByRole('searchbox', { name: 'Filter Disks' });
    await page.goto(new URL('/servers?sort=name', opened.home).href);
    await page.getByRole('button', { name: 'Look at few-disks' }).click();
    await expect.poll(() => rows.count()).toBe(3);
    await page.getByRole('button', { name: 'Next', exact: true }).click();
    await filter.fill('vol-129');
    await expect.poll(() => rows.count()).toBe(2);
    await page.getByRole('button', { name: 'Previous', exact: true }).click();
    await expect.poll(() => rows.count()).toBe(3);
    await page.getByRole('link', { name: 'Whole page' }).click();
    await showsServer('few-disks');
    await find('plugged-in');
    await filter.fill('vol-129');
    await expect.poll(() => rows.count()).toBe(2);
    await find('few-disks');
    await expect.poll(() => rows.count()).toBe(3);
    await find('plugged-in');
    await expect.poll(() => filter.inputValue()).toBe('');
  });

  it('run nothing, load nothing, and lead to the web alone', async () => {
    await open('/servers/1');
    const note = page.locator('.panel', { has: page.getByRole('heading', { name: 'Note' }) }).locator('.rich-text');
    await expect
      .poll(() => note.innerHTML())
      .toBe(
        '<p>Ask <strong>ops</strong> first. <a href="https://wiki.example/ops" rel="noopener noreferrer" target="_blank">Runbook</a> not this</p>a rack<ul><li>loose</li><li>one</li></ul>',
      );
    expect(await page.locator('a[href^="javascript"], main script, main img, main iframe').count()).toBe(0);
    expect(opened.foreign).toEqual([]);
    expect(opened.complaints).toEqual([]);
  });

  it('have the names of what is measured in the language of the reader', async () => {
    await open('/servers/1?form=fields');
    await page.getByText('Memory Usage (%) | Avg', { exact: true }).waitFor();
    await page.evaluate(`localStorage.setItem('fleetgauge.language', 'ko')`);
    await open('/servers/1?form=fields');
    for (const name of ['메모리 사용률 (%) | 평균', '메모리 사용량 | 최대'])
      await page.getByText(name, { exact: true }).waitFor();
    for (const name of ['메모리', '하드웨어']) await page.getByRole('heading', { name, exact: true }).waitFor();
    await open('/servers/1');
    const table = page.getByRole('table', { name: '메모리' });
    await expect.poll(() => table.getByRole('columnheader').allTextContents()).toEqual(['지표', '평균', '최대']);
    await expect.poll(() => table.getByRole('rowheader').allTextContents()).toEqual(['메모리 사용률', '메모리 사용량']);
    expect(await page.getByText(/Memory/).count()).toBe(0);
  });

  it.each(['en', 'ko'] as const)('are without a violation in every theme and width: %s', async (language) => {
    await page.evaluate(`localStorage.setItem('fleetgauge.language', '${language}')`);
    await open('/servers/1');
    for (const width of [1360, 360]) {
      await page.setViewportSize({ width, height: 900 });
      for (const [scheme, rules] of [['light', undefined] as const, ['dark', themeRules] as const]) {
        await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' });
        expect(await violationsOf(page, rules), `${scheme} ${width}`).toEqual([]);
        await opened.screenshot(`plugin-${language}-${scheme}-${width}`);
      }
      expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0);
    }
    await page.getByText(language === 'ko' ? '운영 체제: LINUX' : 'Of type LINUX').waitFor();
    await page.getByText(language === 'ko' ? 'OS 유형' : 'OS', { exact: true }).waitFor();
  });
});

async function open(path: string): Promise<void> {
  await page.goto(new URL(path, opened.home).href);
  await showsServer('plugged-in');
}

async function showsServer(name: string): Promise<void> {
  await page.getByRole('heading', { level: 1, name }).waitFor();
}

function hasFocus(place: Locator): Promise<boolean> {
  return place.evaluate((element) => element === element.ownerDocument.activeElement);
}

/** From the page of one server to that of another one, without loading either anew. */
async function find(name: string): Promise<void> {
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox').fill(name);
  await page.getByRole('option', { name: new RegExp(`^${name} · `) }).click();
  await showsServer(name);
}
