import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { violationsOf } from './accessibility.ts';
import { type OpenedConsole, openConsole } from './open-console.ts';
import { chromium, lacks } from './parts.ts';

let home: string;
let opened: OpenedConsole;
let page: Page;

const header = (days: number) => page.getByRole('columnheader', { name: `CPU ${days} d` });
const rows = () => page.locator('.grid-row .sparkline');

/** The window of a list, and every key that the list of keys names: by keyboard alone, on the demo. */
describe.skipIf(lacks(chromium))('windows and keys', () => {
  beforeAll(async () => {
    opened = await openConsole('window', ['--demo'], /Job 1: partial/);
    ({ home, page } = opened);
    page.setDefaultTimeout(60_000);
  });

  afterAll(() => opened?.[Symbol.asyncDispose]());

  it('turns the trends of the list by keys, and the address says so', async () => {
    await page.goto(`${home}/servers`);
    await header(14).waitFor();
    await rows().first().waitFor();
    const points = async () => (await rows().first().getAttribute('viewBox'))?.split(' ')[2];
    await expect.poll(points).toBe('15');
    await page.keyboard.press(']');
    await page.waitForURL('**/servers?win=30');
    await header(30).waitFor();
    await expect.poll(points).toBe('31');
    for (const key of ['[', '[']) await page.keyboard.press(key);
    await page.waitForURL('**/servers?win=7');
    await page.goBack();
    await header(14).waitFor();
  });

  it('takes any other number of days, keeps the filter, and refuses what is too long', async () => {
    await page.goto(`${home}/servers?q=provider:aws&win=21d`);
    await header(21).waitFor();
    const custom = page.getByRole('spinbutton', { name: 'Another number of days' });
    await expect.poll(() => custom.inputValue()).toBe('21');
    await custom.fill('45');
    await custom.press('Enter');
    await header(45).waitFor();
    await expect.poll(() => new URL(page.url()).searchParams.get('q')).toBe('provider:aws');
    await custom.fill('91');
    await custom.press('Enter');
    expect(new URL(page.url()).searchParams.get('win')).toBe('45');
    await page.goto(`${home}/servers?win=4000`);
    await header(14).waitFor();
    await opened.screenshot('1-list');
  });

  it('says of which window the figures are, and where that is set', async () => {
    await page.goto(`${home}/servers?win=30`);
    await page.getByRole('link', { name: /^Measured window, UTC: 14 d/ }).click();
    await page.waitForURL('**/settings/collection');
    await page.getByText(/The demo calls no cloud/).waitFor();
    await page.getByRole('link', { name: 'Data', exact: true }).click();
    await page.getByText(/This is the demo/).waitFor();
    await opened.screenshot('2-data');
  });

  it.each([
    ['o', '/'],
    ['s', '/servers'],
    ['c', '/jobs'],
    ['a', '/accounts'],
    ['d', '/sources'],
    ['e', '/errors'],
    ['r', '/rightsizing'],
  ])('goes by g %s to %s', async (key, path) => {
    await page.goto(`${home}/settings/about`);
    await page.getByRole('heading', { level: 1 }).waitFor();
    // Both within the time that the first one waits, however busy the browser is.
    await Promise.all(['g', key].map((each) => page.keyboard.press(each)));
    await page.waitForURL(`${home}${path}`);
  });

  it('leads through the rows from anywhere on the page', async () => {
    await page.goto(`${home}/servers`);
    await rows().nth(4).waitFor();
    const place = () => page.evaluate("Number(document.activeElement.getAttribute('aria-rowindex'))");
    await page.keyboard.press('j');
    await expect.poll(place).toBe(2);
    for (const key of ['j', 'ArrowDown', 'k', 'ArrowDown', 'ArrowUp']) await page.keyboard.press(key);
    await expect.poll(place).toBe(3);
    await page.keyboard.press('x');
    await page.getByText('1 selected').first().waitFor();
    await page.keyboard.press('Space');
    await page.getByRole('dialog', { name: 'Server beside the list' }).or(page.locator('.peek')).first().waitFor();
    expect(await violationsOf(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await page.locator('.peek').waitFor({ state: 'detached' });
    await expect.poll(place).toBe(3);
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/servers\/\d+$/);
  });

  it('turns the statistic, opens the exports and the help, and closes what is on top', async () => {
    await page.goto(`${home}/servers`);
    await rows().first().waitFor();
    await page.keyboard.press('s');
    await page.waitForURL('**/servers?stat=max');
    await page.keyboard.press('e');
    await page.locator('details[open] summary[aria-keyshortcuts="e"]').waitFor();
    await page.keyboard.press('Escape');
    await page.locator('details[open] summary[aria-keyshortcuts="e"]').waitFor({ state: 'detached' });
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keyboard' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog', { name: 'Keyboard' }).waitFor({ state: 'hidden' });
    await page.keyboard.press('Control+k');
    const palette = page.getByRole('combobox', { name: 'What to go to, do or find' });
    await palette.waitFor();
    await page.keyboard.press('Escape');
    await palette.waitFor({ state: 'detached' });
    await page.keyboard.press('/');
    await expect.poll(() => page.evaluate("document.activeElement.getAttribute('type')")).toBe('search');
  });

  it('does nothing by single keys where they are turned off', async () => {
    await page.evaluate("localStorage.setItem('fleetgauge.keys', 'off')");
    await page.goto(`${home}/servers`);
    await rows().first().waitFor();
    for (const key of ['s', ']', 'j', 'e', '?']) await page.keyboard.press(key);
    expect(new URL(page.url()).search).toBe('');
    expect(await page.locator('dialog[open], details[open] summary[aria-keyshortcuts]').count()).toBe(0);
    await page.evaluate("localStorage.removeItem('fleetgauge.keys')");
  });

  it('fits a narrow screen in both languages and themes', async () => {
    for (const language of ['en', 'ko']) {
      await page.evaluate(`localStorage.setItem('fleetgauge.language', '${language}')`);
      await page.setViewportSize({ width: 360, height: 760 });
      await page.goto(`${home}/servers?win=21`);
      await rows().first().waitFor();
      for (const theme of ['light', 'dark']) {
        await page.evaluate(`document.documentElement.dataset.theme = '${theme}'`);
        expect([language, theme, await violationsOf(page)]).toEqual([language, theme, []]);
      }
      expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0);
      await opened.screenshot(`3-narrow-${language}`);
    }
  });

  it('complained of nothing and asked nobody else', () => {
    expect(opened.complaints).toEqual([]);
    expect(opened.foreign).toEqual([]);
  });
});
