import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium, type Page } from 'playwright-core';
import { z } from 'zod';
import { savePalettePng } from './palette-png.ts';

/**
 * Takes the pictures of docs/screens from the running demo, one of each page in light and one in dark: `node tools/screens.ts`,
 * with CHROMIUM for where the browser is. The console must be built.
 */
const root = fileURLToPath(new URL('..', import.meta.url));
const pictures = join(root, 'docs/screens');
const viewport = { width: 1280, height: 800 };
const schemes = ['light', 'dark'] as const;

const data = await mkdtemp(join(tmpdir(), 'fleetgauge-screens-'));
const up = spawn(process.execPath, [join(root, 'src/cli/main.ts'), '--data', data, 'up', '--demo', '--port', '0'], {
  stdio: ['ignore', 'ignore', 'pipe'],
});

try {
  const url = await ready();
  await makeExports(url);
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-sync'],
  });
  await mkdir(pictures, { recursive: true });
  for (const name of await readdir(pictures)) await rm(join(pictures, name));
  const shots = shotsOf(await routesOf(await browser.newPage(), url), await busiestServer(url));
  for (const scheme of schemes) {
    const page = await browser.newPage({ viewport, colorScheme: scheme, reducedMotion: 'reduce' });
    for (const [name, path] of shots) {
      await page.goto(url + path, { waitUntil: 'networkidle' });
      await page.locator('h1').first().waitFor();
      await page.locator('.skeleton, .stale, [aria-busy="true"]').first().waitFor({ state: 'detached' });
      await savePalettePng(
        await page.screenshot(),
        join(pictures, scheme === 'light' ? `${name}.png` : `${name}-dark.png`),
      );
    }
    await page.close();
  }
  await browser.close();
} finally {
  up.kill('SIGTERM');
  await new Promise((resolve) => up.on('close', resolve));
  await rm(data, { recursive: true });
}

/** The console's address, once the demo's run is over. */
function ready(): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    up.stderr.setEncoding('utf8').on('data', (chunk) => {
      text += chunk;
      const url = /Console {2}(http\S+) {3}Ctrl-C stops/.exec(text)?.[1];
      if (url !== undefined) resolve(url);
    });
    up.on('exit', () => reject(new Error(text)));
  });
}

/** A few files, so that their page has something to show. */
async function makeExports(url: string): Promise<void> {
  const wishes = [
    { kind: 'metrics', format: 'ndjson', q: 'tag.env:prod', days: 14 },
    { kind: 'rightsizing', format: 'csv', class: 'idle', state: 'open' },
    { kind: 'servers', format: 'parquet', q: 'provider:aws cpu.avg:<5' },
  ];
  for (const wish of wishes) {
    const headers = { 'content-type': 'application/json' };
    await fetch(`${url}/api/exports`, { method: 'POST', headers, body: JSON.stringify(wish) });
  }
  const Made = z.object({ data: z.object({ files: z.array(z.object({ state: z.string() })) }) });
  for (let waiting = wishes.length; waiting > 0; ) {
    const { data } = Made.parse(await (await fetch(`${url}/api/exports`)).json());
    waiting = data.files.filter(({ state }) => state === 'WAITING' || state === 'RUNNING').length;
  }
}

/** One with an agent, so that memory is in the picture. */
async function busiestServer(url: string): Promise<number> {
  const reply = await fetch(`${url}/api/servers?sort=-memoryAvg&limit=1`);
  const { data } = z.object({ data: z.tuple([z.object({ id: z.number() })], z.unknown()) }).parse(await reply.json());
  return data[0].id;
}

/** Of the console's own router: a new page has a picture by itself. */
async function routesOf(page: Page, url: string): Promise<readonly string[]> {
  await page.goto(url);
  await page.locator('h1').first().waitFor();
  return z.array(z.string()).parse(await page.evaluate('Object.keys(__TSR_ROUTER__.routesByPath)'));
}

/** Picture names, and addresses. Routes that lead elsewhere have none of their own. */
function shotsOf(routes: readonly string[], server: number): readonly (readonly [string, string])[] {
  const more: Readonly<Record<string, readonly (readonly [string, string])[]>> = {
    '/': [['overview', '/']],
    '/servers': [
      ['servers', '/servers'],
      ['servers-map', '/servers?view=map'],
      ['servers-scatter', '/servers?view=scatter'],
    ],
    '/servers/$id': ['performance', 'history', 'rightsizing', 'sources'].map(
      (tab) => [tab === 'performance' ? 'server' : `server-${tab}`, `/servers/${server}?tab=${tab}`] as const,
    ),
    '/jobs/$id': [
      ['job', '/jobs/1'],
      ['job-timeline', '/jobs/1?tab=timeline'],
    ],
    '/sources/$id': [['source', '/sources/aws']],
    '/accounts/$id': [['account', '/accounts/1']],
    '/settings/$section': [
      ['settings', '/settings/appearance'],
      ['settings-collection', '/settings/collection'],
      ['settings-data', '/settings/data'],
    ],
    '/settings': [],
    '/login': [],
  };
  return routes.flatMap((route) => more[route] ?? [[route.slice(1).replaceAll('/', '-').replaceAll('$', ''), route]]);
}
