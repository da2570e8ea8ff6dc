import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Page, chromium as playwright } from 'playwright-core';
import { chromium } from './parts.ts';

/** A page in a real Chromium that has listened from its first moment on. */
export interface WatchedPage extends AsyncDisposable {
  readonly page: Page;
  /** Console errors, uncaught exceptions and answers of 400 and above. */
  readonly complaints: readonly string[];
  /** Addresses outside of `home` that the page asked for. */
  readonly foreign: readonly string[];
  /** Into a folder that stays after the test. */
  screenshot(name: string): Promise<void>;
}

export const browserFlags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
] as const;

export async function openPage(home: string): Promise<WatchedPage> {
  if (chromium.path === undefined) throw new Error(chromium.reason);
  const browser = await playwright.launch({ executablePath: chromium.path, args: [...browserFlags] });
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  const pictures = await mkdtemp(join(tmpdir(), 'fleetgauge-screenshots-'));
  process.stderr.write(`screenshots are in ${pictures}\n`);
  const complaints: string[] = [];
  const foreign: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('response', (response) => {
    if (response.status() >= 400) complaints.push(`${response.status()} ${response.url()}`);
  });
  page.on('request', (request) => {
    const url = request.url();
    if (!url.startsWith(`${home}/`) && !/^(data|blob):/.test(url)) foreign.push(url);
  });
  return {
    page,
    complaints,
    foreign,
    screenshot: async (name) => {
      await page.screenshot({ path: join(pictures, `${name}.png`), fullPage: true });
    },
    [Symbol.asyncDispose]: () => browser.close(),
  };
}
