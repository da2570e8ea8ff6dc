import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { setInterval } from 'node:timers/promises';
import type { Browser } from 'playwright-core';
import type { Figures } from './budgets.ts';
import { heapOf, openPage } from './page.ts';

type ExportFigure = 'exportFirstByte' | 'export' | 'exportHeap' | 'exportMemory';

/** All servers as CSV: from the server, and as a file that a browser fetches, which should not notice. */
export async function exported(browser: Browser, url: string, rows: number): Promise<Pick<Figures, ExportFigure>> {
  return { ...(await fetched(url)), ...(await downloaded(browser, url, rows)) };
}

async function fetched(url: string): Promise<Pick<Figures, 'exportFirstByte' | 'export'>> {
  const start = performance.now();
  const answer = await fetch(`${url}/api/servers/export?format=csv`);
  let firstByte: number | undefined;
  for await (const _ of answer.body ?? []) firstByte ??= performance.now() - start;
  return { exportFirstByte: firstByte ?? Number.NaN, export: performance.now() - start };
}

/** @throws Error where the file does not hold all rows, and its head */
async function downloaded(
  browser: Browser,
  url: string,
  rows: number,
): Promise<Pick<Figures, 'exportHeap' | 'exportMemory'>> {
  const { page, rest } = await openPage(browser);
  await page.goto(`${url}/servers`);
  await rest();
  await page.locator('summary[aria-keyshortcuts="e"]').click();
  const [heap, memory] = [await heapOf(page), await memoryOf(browser)];
  const stop = new AbortController();
  const mostMemory = most(() => memoryOf(browser), stop.signal);
  const download = page.waitForEvent('download');
  await page.locator('.menu[open] a[download][href*="format=csv"]').click();
  const file = await (await download).path();
  stop.abort();
  const figures = { exportHeap: (await heapOf(page)) - heap, exportMemory: (await mostMemory) - memory };
  const lines = await linesOf(file);
  if (lines !== rows + 1) throw new Error(`the export of ${rows} rows has ${lines} lines`);
  await page.context().close();
  return figures;
}

const sampleMs = 100;

async function most(measure: () => Promise<number>, signal: AbortSignal): Promise<number> {
  let largest = 0;
  try {
    for await (const _ of setInterval(sampleMs, undefined, { signal })) largest = Math.max(largest, await measure());
  } catch (error) {
    if (!signal.aborted) throw error;
  }
  return largest;
}

/** MB that are no file's, of all processes of the browser. */
async function memoryOf(browser: Browser): Promise<number> {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  await session.detach();
  const kilobytes = await Promise.all(
    processInfo.map(async ({ id }) => {
      const status = await readFile(`/proc/${id}/status`, 'utf8').catch(() => '');
      return Number(/^RssAnon:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0);
    }),
  );
  return (kilobytes.reduce((sum, each) => sum + each, 0) * 1024) / 1e6;
}

async function linesOf(file: string): Promise<number> {
  let lines = 0;
  for await (const _ of createInterface(createReadStream(file))) lines++;
  return lines;
}
