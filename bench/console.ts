import { execFile, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { chromium, type Page } from 'playwright-core';
import { z } from 'zod';
import { type OutsideFigures, outside } from './console-outside.ts';
import { filledRow, jumpedTo, scrolled, untilPainted, untilThere } from './console-scripts.ts';
import { type SizeFigures, sizes } from './console-size.ts';
import { follow, type LiveFigures, quantile, type VisitFigures, visit } from './console-visit.ts';

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
  /** From the space bar on a row to its server beside the list. */
  readonly peek: number;
}

export interface ConsoleReport {
  readonly list: ConsoleFigures;
  readonly visit: VisitFigures;
  readonly live: LiveFigures;
  readonly size: SizeFigures;
  readonly outside: OutsideFigures;
}

/** How long a run is followed. */
const liveMs = 15_000;

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

export async function benchConsole(rows: number): Promise<ConsoleReport> {
  const folder = await mkdtemp(join(tmpdir(), 'fleetgauge-console-'));
  const [dist, data] = [join(folder, 'dist'), join(folder, 'data')];
  await promisify(execFile)(
    process.execPath,
    [join(root, 'node_modules/vite/bin/vite.js'), 'build', '--outDir', dist],
    {
      cwd: join(root, 'console'),
    },
  );
  const server = fork(new URL('console-process.ts', import.meta.url), [data, dist, String(rows)]);
  const browser = await chromium.launch({ executablePath: chromiumPath, args: ['--no-sandbox', '--disable-gpu'] });
  const told = async <T extends z.ZodRawShape>(shape: T) => z.object(shape).parse((await once(server, 'message'))[0]);
  /** A page that has seen nothing. */
  const open = () => browser.newPage({ viewport: { width: 1360, height: 900 } });
  try {
    const { url } = await told({ url: z.string() });
    const begin = async (ms: number) => {
      const job = told({ job: z.number() });
      server.send({ live: ms });
      return (await job).job;
    };
    const followed = await open();
    return {
      size: await sizes(await open(), url, dist),
      list: await measure(await open(), url),
      visit: await visit(followed, url),
      live: await follow(followed, url, liveMs, begin),
      outside: await outside(url, data),
    };
  } finally {
    await browser.close();
    if (server.connected) {
      const gone = once(server, 'exit');
      server.disconnect();
      await gone;
    }
    await rm(folder, { recursive: true });
  }
}

async function measure(page: Page, url: string): Promise<ConsoleFigures> {
  await page.goto(`${url}/servers`);
  await page.locator(filledRow).first().waitFor();
  const keys = await typed(page);
  const sorted = await clickedSorts(page);
  await page.goto(`${url}/servers?sort=-cpu.utilization.avg`);
  await page.locator(filledRow).first().waitFor();
  await page.locator(filledRow).first().focus();
  const peek = await timed(page, untilThere('.peek'), () => page.keyboard.press('Space'));
  await page.keyboard.press('Escape');
  await page.goto(`${url}/servers?sort=-cpu.utilization.avg`);
  await page.locator(filledRow).first().waitFor();
  const { frames, mostRowNodes } = Scrolled.parse(await page.evaluate(scrolled));
  const jumps = [await page.evaluate(jumpedTo(0.5)), await page.evaluate(jumpedTo(1))];
  return {
    keyP95: quantile(keys, 0.95),
    sortP95: quantile(sorted, 0.95),
    peek,
    framesPerSecond: (frames.length * 1000) / frames.reduce((sum, frame) => sum + frame, 0),
    frameP95: quantile(frames, 0.95),
    mostRowNodes,
    jumpMax: Math.max(...z.array(z.number()).parse(jumps)),
  };
}

/** Every key of every query: the field holds what is typed so far, whose rows are then waited for. */
async function typed(page: Page): Promise<number[]> {
  const field = page.locator('main input[type="search"]');
  const times: number[] = [];
  for (const query of queries) {
    await field.fill(query.slice(0, -1));
    await page.waitForTimeout(700);
    await field.press('End');
    times.push(await timed(page, untilPainted, () => field.press(query.slice(-1))));
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
    times.push(await timed(page, untilPainted, () => link.click()));
    await page.waitForTimeout(500);
  }
  return times;
}

/** Starts to listen before anything happens. */
async function timed(page: Page, until: string, act: () => Promise<void>): Promise<number> {
  await page.evaluate(`void (window.timed = ${until})`);
  await act();
  return z.number().parse(await page.evaluate('window.timed'));
}
