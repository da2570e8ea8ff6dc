import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { violationsOf } from './accessibility.ts';
import { type OpenedConsole, openConsole } from './open-console.ts';
import { chromium, lacks } from './parts.ts';

const Servers = z.object({ data: z.array(z.object({ id: z.number(), name: z.string() })) });

let home: string;
let opened: OpenedConsole;
let page: Page;

/** What stands around every page: by keyboard alone, as somebody works who never leaves it. */
describe.skipIf(lacks(chromium))('the frame', () => {
  beforeAll(async () => {
    opened = await openConsole('frame', ['--demo'], /Job 1: partial/);
    ({ home, page } = opened);
    page.setDefaultTimeout(60_000);
  });

  afterAll(() => opened?.[Symbol.asyncDispose]());

  describe('around any page', () => {
    beforeEach(async () => {
      await page.goto(home);
      await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
    });

    it('takes nothing of the demo for a step that somebody took, and says how to get on', async () => {
      await page.locator('.first-steps').getByRole('link', { name: 'Connect a cloud' }).waitFor();
      await page.getByRole('complementary', { name: 'DEMO' }).getByRole('link', { name: 'Connect your own' }).click();
      await page.getByText('fleetgauge up --no-demo').waitFor();
    });

    it('leads to a page by the palette, and gives the focus back without one', async () => {
      await page.getByRole('link', { name: 'Errors' }).first().focus();
      await page.keyboard.press('Control+k');
      await palette().waitFor();
      await page.keyboard.press('Escape');
      await palette().waitFor({ state: 'detached' });
      await expect.poll(() => page.evaluate('document.activeElement.textContent')).toBe('Errors');
      await page.keyboard.press('Control+k');
      await palette().fill('right');
      await page.getByRole('option', { name: 'Rightsizing', selected: true }).waitFor();
      await palette().press('Enter');
      await page.waitForURL('**/rightsizing');
    });

    it('opens the palette again at once, though the browser says later that it was closed', async () => {
      await page.keyboard.press('Control+k');
      await palette().waitFor();
      // Closed and called for in one go, before any event of it.
      await page.evaluate(`{
        document.querySelector('dialog[open]').close();
        document.dispatchEvent(new KeyboardEvent('keydown', { code: 'KeyK', ctrlKey: true }));
      }`);
      await palette().fill('right');
      await page.getByRole('option', { name: 'Rightsizing', selected: true }).waitFor();
      await palette().press('Escape');
    });

    it('changes the theme by the palette, and keeps it', async () => {
      await page.keyboard.press('Control+k');
      await palette().fill('theme');
      for (const key of ['ArrowDown', 'ArrowDown', 'Enter']) await palette().press(key);
      await page.reload();
      expect(await page.evaluate('document.documentElement.dataset.theme')).toBe('dark');
    });

    it('finds a server by a part of its name', async () => {
      const [name = ''] = await namesOf(home, 'web');
      await page.keyboard.press('Control+k');
      await palette().fill(name);
      await page
        .getByRole('option', { name: new RegExp(`^${name} · `) })
        .first()
        .waitFor();
      await palette().press('Enter');
      await page.getByRole('heading', { level: 1, name }).waitFor();
    });

    it('says that nothing is called so', async () => {
      await page.keyboard.press('Control+k');
      await palette().fill('no such thing anywhere');
      await page.getByText('Nothing is called that').waitFor();
      expect(await page.getByRole('dialog').getByRole('option').count()).toBe(0);
    });

    it('says so of no server that it still asks for', async () => {
      const [name = ''] = await namesOf(home, 'web');
      const answering = Promise.withResolvers<void>();
      await page.route(/type=all&limit=6/, async (route) => {
        await answering.promise;
        await route.continue();
      });
      await page.keyboard.press('Control+k');
      const asked = page.waitForRequest(/type=all&limit=6/);
      await palette().fill(name);
      await asked;
      const said = page.getByRole('dialog').getByRole('status');
      expect(await said.textContent()).toBe('Loading…');
      answering.resolve();
      await expect.poll(() => said.textContent()).toMatch(/to choose from$/);
      await page.unrouteAll({ behavior: 'wait' });
    });

    it('is without a violation while the palette is open, in both languages and themes', async () => {
      for (const language of ['en', 'ko']) {
        await page.evaluate(`localStorage.setItem('fleetgauge.language', '${language}')`);
        await page.reload();
        await page.getByRole('heading', { level: 1 }).waitFor();
        await page.keyboard.press('Control+k');
        await page.getByRole('combobox').fill('w');
        for (const theme of ['light', 'dark']) {
          await page.evaluate(`document.documentElement.dataset.theme = '${theme}'`);
          expect([language, theme, await violationsOf(page)]).toEqual([language, theme, []]);
        }
      }
      await page.evaluate("localStorage.setItem('fleetgauge.language', 'en')");
    });

    it('searches the servers from anywhere by /', async () => {
      await page.keyboard.press('/');
      await page.keyboard.type('provider:azure');
      await page.keyboard.press('Enter');
      await page.waitForURL('**/servers?q=provider%3Aazure');
      await page.keyboard.press('Escape');
    });

    it('writes times in UTC where that is wanted, and says in which zone they are', async () => {
      const devtools = await page.context().newCDPSession(page);
      await devtools.send('Emulation.setTimezoneOverride', { timezoneId: 'Asia/Seoul' });
      const started = async () => {
        await page.goto(`${home}/jobs/1`);
        return await page.getByText(/^Started /).innerText();
      };
      const choose = async (name: RegExp) => {
        await page.goto(`${home}/settings/appearance`);
        await page.getByRole('group', { name: 'Times' }).getByRole('button', { name }).click();
        // What is in force is what the page was loaded with.
        await page.getByRole('button', { name, pressed: true }).waitFor();
      };
      expect(await started()).toMatch(/ GMT\+9$/m);
      await choose(/^UTC$/);
      expect(await started()).toMatch(/ UTC$/m);
      await choose(/^My zone \(GMT\+9\)$/);
      await devtools.detach();
    });

    it('has the theme that was kept before any of its own code runs', async () => {
      const other = await page.context().browser()?.newPage();
      if (other === undefined) throw new Error('the page is in a browser');
      await other.addInitScript(`localStorage.setItem('fleetgauge.theme', 'dark')`);
      await other.route('**/assets/*.js', (route) => route.abort());
      await other.goto(home);
      expect(await other.evaluate('document.documentElement.dataset.theme')).toBe('dark');
      expect(await other.evaluate('getComputedStyle(document.documentElement).colorScheme')).toBe('dark');
      await other.close();
    });

    it("says what is chosen, and what took a run's time, in a system's few colours too", async () => {
      await page.goto(`${home}/jobs/1?tab=timeline`);
      await page.locator('.phase.metrics').first().waitFor();
      await page.emulateMedia({ forcedColors: 'active' });
      const style = (selector: string, name: string) =>
        page.evaluate(`getComputedStyle(document.querySelector('${selector}')).${name}`);
      expect(await style('.rail [aria-current="page"]', 'outlineStyle')).toBe('solid');
      expect(await style('.switch [aria-pressed="true"]', 'outlineStyle')).toBe('solid');
      expect(await style('.phase.metrics', 'backgroundColor')).not.toBe(await style('body', 'backgroundColor'));
      await page.emulateMedia({ forcedColors: 'none' });
    });

    it('keeps the rail as narrow as it was left', async () => {
      const width = async () => (await page.getByRole('navigation', { name: 'Main' }).boundingBox())?.width ?? 0;
      const wide = await width();
      await page.getByRole('button', { name: 'Icons only' }).press('Enter');
      await expect.poll(width).toBeLessThan(wide / 2);
      await page.reload();
      await page.getByRole('heading', { level: 1 }).waitFor();
      await expect.poll(width).toBeLessThan(wide / 2);
      await page.getByRole('link', { name: 'Servers', exact: true }).first().click();
      await page.waitForURL('**/servers');
      await page.getByRole('button', { name: 'Icons only' }).press('Enter');
    });

    it('has all pages in a sheet where the screen is narrow', async () => {
      await page.setViewportSize({ width: 360, height: 760 });
      await page.getByRole('button', { name: 'More' }).press('Enter');
      const sheet = page.getByRole('dialog', { name: 'More' });
      await sheet.waitFor();
      expect(await violationsOf(page)).toEqual([]);
      await sheet.getByRole('link', { name: 'Accounts' }).press('Enter');
      await page.waitForURL('**/accounts');
      await sheet.waitFor({ state: 'hidden' });
      await page.getByRole('heading', { level: 1, name: 'Accounts' }).waitFor();
      expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0);
      await page.setViewportSize({ width: 1440, height: 900 });
    });
  });

  describe('of one server', () => {
    it('turns its window by keys, and keeps older addresses', async () => {
      const [id] = await idsOf(home, '-memoryAvg');
      await page.goto(`${home}/servers/${id}?tab=history&days=30`);
      await page.locator('.day-chart').first().waitFor();
      await page.waitForURL('**/*win=30*');
      await page.keyboard.press('[');
      await page.waitForURL('**/*win=14*');
      for (const key of [']', ']']) await page.keyboard.press(key);
      await page.waitForURL('**/*win=90*');
      const chart = page.getByRole('img', { name: /^CPU/ });
      await chart.focus();
      await page.keyboard.press('ArrowLeft');
      const charts = await page.locator('.day-chart').count();
      await expect.poll(() => page.locator('.plot .cursor').count()).toBe(charts);
    });

    it('says of each value where it comes from', async () => {
      const [id] = await idsOf(home, '-memoryAvg');
      await page.goto(`${home}/servers/${id}?tab=sources`);
      const row = page.getByRole('row').filter({ hasText: 'CPUUtilization' });
      expect(await row.textContent()).toMatch(/≈ [\d,]+ of [\d,]+/);
      await page.getByRole('main').getByRole('link', { name: 'Run #1' }).waitFor();
    });
  });

  it('complained of nothing and asked nobody else', () => {
    expect(opened.complaints).toEqual([]);
    expect(opened.foreign).toEqual([]);
  });
});

function palette() {
  return page.getByRole('combobox', { name: 'What to go to, do or find' });
}

async function idsOf(url: string, sort: string): Promise<number[]> {
  return (await listed(`${url}/api/servers?provider=aws&limit=3&sort=${sort}`)).map(({ id }) => id);
}

async function namesOf(url: string, q: string): Promise<string[]> {
  return (await listed(`${url}/api/servers?limit=3&q=${q}`)).map(({ name }) => name);
}

async function listed(address: string): Promise<{ id: number; name: string }[]> {
  const { data } = Servers.parse(await (await fetch(address)).json());
  return data;
}
