import { type Browser, type BrowserContext, type Page, chromium as playwright } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { violationsOf } from './accessibility.ts';
import { browserFlags } from './browser.ts';
import { chromium, lacks } from './parts.ts';
import { speakPseudo, untranslated } from './pseudo-locale.ts';
import { type RunningCli, startCli } from './run-cli.ts';
import { type TemporaryFolder, temporaryFolder } from './temporary-folder.ts';

/**
 * What stands for a route: where it has a parameter, or looks otherwise by its query. A new route with a parameter must be added
 * here, or the test fails.
 */
const samples: Readonly<Record<string, readonly string[]>> = {
  '/servers': [
    '/servers',
    '/servers?q=name:~no-such-server',
    '/servers?view=scatter',
    '/servers?view=map',
    '/servers?view=map&q=name:~no-such-server',
    '/servers?peek=7',
    '/servers?rows=compact&cols=name,provider,cpu.utilization,trend&sort=-cpu.utilization.avg',
  ],
  '/servers/$id': ['', '?form=fields', '?tab=history', '?tab=sources', '?tab=rightsizing'].map(
    (query) => `/servers/ID${query}`,
  ),
  '/jobs': ['/jobs', '/jobs?status=succeeded'],
  '/jobs/$id': ['', '?tab=timeline', '?tab=errors', '?tab=events', '?tab=events&q=no-such-event'].map(
    (query) => `/jobs/1${query}`,
  ),
  '/sources': ['/sources', '/sources?tab=metrics'],
  '/sources/$id': ['/sources/aws', '/sources/aws:eu-west-1?show=table'],
  '/accounts/$id': ['/accounts/1'],
  '/accounts/new': ['', '?provider=aws&step=access', '?provider=google_cloud&step=access'].map(
    (query) => `/accounts/new${query}`,
  ),
  '/rightsizing': ['/rightsizing', '/rightsizing?q=no-such-server'],
  '/settings/$section': [
    '/settings/appearance',
    '/settings/collection',
    '/settings/users',
    '/settings/data',
    '/settings/about',
  ],
};

const languages = ['en-US', 'ko-KR'];
const widths = [1360, 360];
/** What a theme can change: the rest is the same in both. */
const themeRules = ['color-contrast', 'link-in-text-block'];

const failure = {
  error: { code: 'internal', message: 'fleetgauge failed to answer', fix: 'Try again.' },
};

let folders: TemporaryFolder[] = [];
let full: RunningCli;
let empty: RunningCli;
let browser: Browser;
let homes: { full: string; empty: string };
/** The address of a server that has values. */
let server: string;

/** Every route of the console's own router, so that no page can be forgotten. */
describe.skipIf(lacks(chromium))('every page', { timeout: 900_000 }, () => {
  beforeAll(async () => {
    folders = await Promise.all(['matrix', 'matrix-empty'].map((name) => temporaryFolder(name)));
    const [first, second] = folders.map(({ path }) => path);
    full = startCli(['--data', first ?? '', 'up', '--demo', '--port', '0'], { home: first ?? '' });
    empty = startCli(['--data', second ?? '', 'serve', '--port', '0'], { home: second ?? '' });
    browser = await playwright.launch({ executablePath: chromium.path ?? '', args: [...browserFlags] });
    homes = {
      full: (await full.saw(/Console +(http:\S+)\s/))[1] ?? '',
      empty: (await empty.saw(/Console +(http:\S+)\s/))[1] ?? '',
    };
    await full.saw(/Job 1: /);
    server = await measuredServer(homes.full);
    await askForExport(homes.full);
  });

  afterAll(async () => {
    await browser?.close();
    await Promise.all([full?.stop(), empty?.stop()]);
    for (const folder of folders) await folder[Symbol.asyncDispose]();
  });

  it('has a sample for each route with a parameter', async () => {
    await using context = await opened('en-US', 'empty');
    const unknown = (await routesOf(context.page)).filter((route) => route.includes('$') && !(route in samples));
    expect(unknown).toEqual([]);
  });

  it.each(['full', 'empty', 'error'] as const)(
    'is without a violation in each language, theme and width: %s',
    async (state) => {
      const found = await Promise.all(languages.map((language) => violationsIn(language, state)));
      expect(onceEach(found.flat())).toEqual([]);
    },
  );

  it('has room for texts that are longer, and none outside of the catalogue', async () => {
    await using context = await opened('ko-KR', 'full', speakPseudo);
    const { page } = context;
    expect(await page.getByRole('heading', { level: 1 }).innerText()).toMatch(/^⟦.*⟧$/);
    const found: Found[] = [];
    for (const path of pathsOf(await routesOf(page))) {
      await goTo(page, path);
      const texts = z.array(z.string()).parse(await page.evaluate(untranslated));
      found.push(...texts.map((text) => ({ violation: `not in the catalogue: ${text}`, place: path })));
      for (const width of widths) {
        await page.setViewportSize({ width, height: 800 });
        found.push(...(await excessOf(page)).map((violation) => ({ violation, place: `${path} ${width}` })));
      }
    }
    expect(onceEach(found)).toEqual([]);
  });
});

async function violationsIn(language: string, state: 'full' | 'empty' | 'error'): Promise<Found[]> {
  await using context = await opened(language, state);
  const { page } = context;
  const found: Found[] = [];
  for (const path of pathsOf(await routesOf(page))) {
    await goTo(page, path);
    for (const width of widths) {
      await page.setViewportSize({ width, height: 800 });
      for (const [scheme, rules] of [['light', undefined] as const, ['dark', themeRules] as const]) {
        await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' });
        const violations = await violationsOf(page, rules);
        const place = `${path} ${language} ${width} ${scheme}`;
        found.push(...violations.map((violation) => ({ violation, place })));
      }
      found.push(...(await excessOf(page)).map((violation) => ({ violation, place: `${path} ${language} ${width}` })));
    }
  }
  return found;
}

interface Found {
  readonly violation: string;
  readonly place: string;
}

/** By how much a page is wider than its screen, and what of it reaches furthest. */
async function excessOf(page: Page): Promise<string[]> {
  const excess = await page.evaluate(`(() => {
    const excess = document.documentElement.scrollWidth - innerWidth;
    if (excess <= 0) return [];
    const reach = (element) => element.getBoundingClientRect().right;
    const all = [...document.body.querySelectorAll('*')].filter((element) => element.closest('.table-scroll') === null);
    const furthest = all.reduce((found, element) => (reach(element) >= reach(found) ? element : found));
    return [excess + ' px too wide: ' + furthest.outerHTML.slice(0, 160)];
  })()`);
  return z.array(z.string()).parse(excess);
}

/** What is wrong in the frame is wrong on every page: said once, with the first place. */
function onceEach(found: readonly Found[]): string[] {
  return [...Map.groupBy(found, ({ violation }) => violation)].map(
    ([violation, places]) => `${violation} (${places[0]?.place}, and ${places.length - 1} more)`,
  );
}

interface Opened extends AsyncDisposable {
  readonly page: Page;
}

/** A page on the overview. Where all is to fail, nothing but the session is answered. */
async function opened(
  language: string,
  state: 'full' | 'empty' | 'error',
  prepare?: (page: Page) => Promise<void>,
): Promise<Opened> {
  const context: BrowserContext = await browser.newContext({
    locale: language,
    viewport: { width: 1360, height: 800 },
  });
  const page = await context.newPage();
  page.setDefaultTimeout(patienceMs);
  await prepare?.(page);
  if (state === 'error') {
    await page.route(/\/api\/(?!session$)/, (route) => route.fulfill({ status: 500, json: failure }));
  }
  await page.goto(state === 'full' ? homes.full : homes.empty);
  await settled(page);
  return { page, [Symbol.asyncDispose]: () => context.close() };
}

/** By the router itself, as a link does: the page is not loaded again. */
async function goTo(page: Page, path: string): Promise<void> {
  await page.evaluate(`__TSR_ROUTER__.history.push(${JSON.stringify(path)})`);
  await settled(page);
}

const patienceMs = 120_000;

/**
 * Until the page has a heading, and nothing in it waits. Looked at by the page itself, as its content policy lets the browser's
 * own tools evaluate no function.
 */
async function settled(page: Page): Promise<void> {
  const isSettled = await page.evaluate(`new Promise((resolve) => {
    const end = performance.now() + ${patienceMs};
    const look = () => {
      const isReady = window.__TSR_ROUTER__?.state.status === 'idle'
        && document.querySelector('h1, .notice h2') !== null
        && document.querySelector('.skeleton, .stale, [aria-busy="true"]') === null;
      if (isReady || performance.now() > end) resolve(isReady);
      else setTimeout(look, 20);
    };
    look();
  })`);
  if (isSettled !== true) throw new Error(`${page.url()} does not come to rest`);
}

async function routesOf(page: Page): Promise<string[]> {
  return z.array(z.string()).parse(await page.evaluate('Object.keys(__TSR_ROUTER__.routesByPath)'));
}

function pathsOf(routes: readonly string[]): string[] {
  return routes.flatMap((route) => samples[route] ?? [route]).map((path) => path.replace('ID', server));
}

async function askForExport(home: string): Promise<void> {
  const body = JSON.stringify({ kind: 'servers', q: 'provider:azure' });
  await fetch(`${home}/api/exports`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
}

async function measuredServer(home: string): Promise<string> {
  const reply = await fetch(`${home}/api/servers?sort=-memoryAvg&limit=1`);
  const { data } = z.object({ data: z.array(z.object({ id: z.number() })) }).parse(await reply.json());
  return String(data[0]?.id);
}
