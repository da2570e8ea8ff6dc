import { execFile, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { chromium, type Page } from 'playwright-core';
import { z } from 'zod';
import { filledRow, jumpedTo, scrolled, untilPainted } from './console-scripts.ts';

/** What a person at the list of servers waits for, with so many rows. All times in milliseconds. */
export interface ConsoleFigures {
  /** From a key in the query field to the rows of the new query, painted. */
  readonly keyP95: number;
  readonly sortP95: number;
  readonly framesPerSecond: number;
  readonly frameP95: number;
  readonly mostRowNodes: number;
  /** From a jump to the middle, and to the end, to its rows painted. */
  readonly jumpMax: number;
  /** Compressed, of what the first page loads. */
  readonly scriptBytes: number;
}

const root = new URL('..', import.meta.url).pathname;
const queries = [
  'cpu.p95:<5',
  'provider:aws',
  'mem:none',
  'web-99',
  'region:eu-west-1',
  'account:100000000007',
  'cpu:>90',
];
const sorts = ['CPU avg', 'Name', 'Memory avg', 'Account', 'State', 'Region'];
const chromiumPath = process.env.CHROMIUM ?? '/usr/bin/chromium';
const Scrolled = z.object({ frames: z.array(z.number()), mostRowNodes: z.number() });

export async function benchConsole(rows: number): Promise<ConsoleFigures> {
  const folder = await mkdtemp(join(tmpdir(), 'fleetgauge-console-'));
  const dist = join(folder, 'dist');
  await promisify(execFile)(
    process.execPath,
    [join(root, 'node_modules/vite/bin/vite.js'), 'build', '--outDir', dist],
    {
      cwd: join(root, 'console'),
    },
  );
  const server = fork(new URL('console-process.ts', import.meta.url), [join(folder, 'data'), dist, String(rows)]);
  try {
    const [message] = await once(server, 'message');
    const { url } = z.object({ url: z.string() }).parse(message);
    return { ...(await measure(url)), scriptBytes: await scriptBytes(dist) };
  } finally {
    server.disconnect();
    await once(server, 'exit');
    await rm(folder, { recursive: true });
  }
}

async function measure(url: string): Promise<Omit<ConsoleFigures, 'scriptBytes'>> {
  const browser = await chromium.launch({ executablePath: chromiumPath, args: ['--no-sandbox', '--disable-gpu'] });
  try {
    const page = await browser.newPage({ viewport: { width: 1360, height: 900 } });
    await page.goto(`${url}/servers`);
    await page.locator(filledRow).first().waitFor();
    const keys = await typed(page);
    const sorted = await clickedSorts(page);
    await page.goto(`${url}/servers?sort=-cpu.utilization.avg`);
    await page.locator(filledRow).first().waitFor();
    const { frames, mostRowNodes } = Scrolled.parse(await page.evaluate(scrolled));
    const jumps = [await page.evaluate(jumpedTo(0.5)), await page.evaluate(jumpedTo(1))];
    return {
      keyP95: quantile(keys, 0.95),
      sortP95: quantile(sorted, 0.95),
      framesPerSecond: (frames.length * 1000) / frames.reduce((sum, frame) => sum + frame, 0),
      frameP95: quantile(frames, 0.95),
      mostRowNodes,
      jumpMax: Math.max(...z.array(z.number()).parse(jumps)),
    };
  } finally {
    await browser.close();
  }
}

/** Every key of every query: the field holds what is typed so far, whose rows are then waited for. */
async function typed(page: Page): Promise<number[]> {
  const field = page.locator('main input[type="search"]');
  const times: number[] = [];
  for (const query of queries) {
    await field.fill(query.slice(0, -1));
    await page.waitForTimeout(700);
    await field.press('End');
    times.push(await timed(page, () => field.press(query.slice(-1))));
    await page.waitForTimeout(500);
    await field.fill('');
    await page.waitForTimeout(500);
  }
  return times;
}

async function clickedSorts(page: Page): Promise<number[]> {
  const times: number[] = [];
  for (const name of sorts) {
    const link = page.getByRole('link', { name: `Sort by ${name}`, exact: true });
    times.push(await timed(page, () => link.click()));
    await page.waitForTimeout(500);
  }
  return times;
}

/** Starts to listen before anything happens. */
async function timed(page: Page, act: () => Promise<void>): Promise<number> {
  const painted = page.evaluate(untilPainted);
  await act();
  return z.number().parse(await painted);
}

/** Of the page's own scripts, without the languages and pages that are loaded when they are needed. */
async function scriptBytes(dist: string): Promise<number> {
  const html = await readFile(join(dist, 'index.html'), 'utf8');
  const names = await readdir(join(dist, 'assets'));
  const first = names.filter((name) => name.endsWith('.js') && html.includes(name));
  const sizes = await Promise.all(
    first.map(async (name) => gzipSync(await readFile(join(dist, 'assets', name)), { level: 9 }).length),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

function quantile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
}
