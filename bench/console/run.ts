import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';
import { z } from 'zod';
import type { Figures } from './budgets.ts';
import { charts } from './charts.ts';
import { exported } from './export.ts';
import { commandLine, install } from './installation.ts';
import { keyP95, list } from './list.ts';
import { follow } from './live.ts';
import { loads } from './load.ts';
import { shifts } from './routes.ts';
import { sizes } from './size.ts';
import { interactions, longTour } from './tour.ts';

export interface BenchOptions {
  readonly rows: number;
  /** How long a run is followed. */
  readonly liveMs: number;
  /** How long the tour takes whose heap is measured. */
  readonly tourMs: number;
}

export interface Measured {
  readonly figures: Figures;
  /** By page. */
  readonly shifts: ReadonlyMap<string, number>;
  /** What the followed run said. */
  readonly saidPerSecond: number;
}

const chromiumPath = process.env.CHROMIUM ?? '/usr/bin/chromium';
const smallFleet = 10_000;

export async function benchConsole({ rows, liveMs, tourMs }: BenchOptions): Promise<Measured> {
  const folder = await mkdtemp(join(tmpdir(), 'fleetgauge-console-'));
  const home = join(folder, 'home');
  const browser = await chromium.launch({ executablePath: chromiumPath, args: ['--no-sandbox', '--disable-gpu'] });
  const servers: ChildProcess[] = [];
  const serve = async (name: string, count: number) => {
    const args = [join(folder, name), join(home, 'console/dist'), String(count)];
    const server = fork(new URL('../console-process.ts', import.meta.url), args);
    servers.push(server);
    const { url } = await told(server, { url: z.string() });
    return { server, url, data: join(folder, name) };
  };
  try {
    await install(home);
    const small = await serve('small', smallFleet);
    const smallKeyP95 = await keyP95(browser, small.url);
    await end(small.server);
    const large = await serve('large', rows);
    return await measure(browser, { ...large, home, rows, liveMs, tourMs }, smallKeyP95);
  } finally {
    await browser.close();
    await Promise.all(servers.map(end));
    await rm(folder, { recursive: true });
  }
}

interface Stage extends BenchOptions {
  readonly server: ChildProcess;
  readonly url: string;
  readonly data: string;
  readonly home: string;
}

async function measure(browser: Browser, stage: Stage, smallKeyP95: number): Promise<Measured> {
  const { server, url, data, home, rows, liveMs, tourMs } = stage;
  const begin = async (ms: number) => {
    const begun = told(server, { job: z.number() });
    server.send({ live: ms });
    const { job } = await begun;
    return { job, ended: told(server, { saidPerSecond: z.number() }) };
  };
  const size = await sizes(browser, url, join(home, 'console/dist'));
  const load = await loads(browser, url);
  const byPage = await shifts(browser, url);
  const ofList = await list(browser, url);
  const ofCharts = await charts(browser, url);
  const ofTour = { ...(await interactions(browser, url)), ...(await longTour(browser, url, tourMs)) };
  const live = await follow(browser, url, liveMs, begin);
  const allShifts = new Map([...byPage, ['a run that is followed', live.shift] as const]);
  const figures = {
    ...size,
    ...load,
    ...ofList,
    ...ofCharts,
    ...ofTour,
    ...live.figures,
    ...(await exported(browser, url, rows)),
    ...(await commandLine(home, data)),
    smallKeyP95,
    shiftMax: Math.max(...allShifts.values()),
  };
  return { figures, shifts: allShifts, saidPerSecond: live.saidPerSecond };
}

async function told<T extends z.ZodRawShape>(server: ChildProcess, shape: T) {
  return z.object(shape).parse((await once(server, 'message'))[0]);
}

async function end(server: ChildProcess): Promise<void> {
  if (!server.connected) return;
  const gone = once(server, 'exit');
  server.disconnect();
  await gone;
}
