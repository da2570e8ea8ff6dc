import type { Browser, Page, Request } from 'playwright-core';
import { z } from 'zod';
import { watched } from './scripts.ts';

/** A page that has seen nothing, and whose shifts, paints, interactions and long tasks are watched from its first moment on. */
export interface WatchedPage {
  readonly page: Page;
  /** Waits until the page is there, and asks for nothing for a while. A stream of events does not count. */
  rest(): Promise<void>;
}

const restMs = 400;
const mostRestMs = 40_000;
/** For a server that others keep busy. */
const mostWaitMs = 120_000;

export async function openPage(browser: Browser): Promise<WatchedPage> {
  const page = await browser.newPage({ viewport: { width: 1360, height: 900 } });
  page.setDefaultTimeout(mostWaitMs);
  const asked = new Set<Request>();
  let lastAt = performance.now();
  page.on('request', (request) => {
    if (request.isNavigationRequest()) asked.clear();
    if (!request.url().endsWith('/events')) asked.add(request);
    lastAt = performance.now();
  });
  const onEnd = (request: Request) => {
    if (asked.delete(request)) lastAt = performance.now();
  };
  page.on('requestfinished', onEnd);
  page.on('requestfailed', onEnd);
  await page.addInitScript(watched);
  const rest = async () => {
    await page.locator('main h1').waitFor({ state: 'attached' });
    lastAt = performance.now();
    const end = lastAt + mostRestMs;
    const isAtRest = () => asked.size === 0 && performance.now() - lastAt > restMs;
    while (!isAtRest() && performance.now() < end) await page.waitForTimeout(50);
  };
  return { page, rest };
}

/** @param cpu times that the page's work takes */
export async function slowDown(page: Page, cpu: number): Promise<void> {
  const session = await page.context().newCDPSession(page);
  await session.send('Emulation.setCPUThrottlingRate', { rate: cpu });
}

/** A network of 10 Mbit a second that answers 40 ms later. */
export async function slowNetwork(page: Page): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const bytesPerSecond = 10_000_000 / 8;
  await session.send('Network.enable');
  await session.send('Network.emulateNetworkConditions', {
    offline: false,
    latency: 40,
    downloadThroughput: bytesPerSecond,
    uploadThroughput: bytesPerSecond,
  });
}

/** What a script says that begins to listen before anything happens. Milliseconds. */
export async function timed(page: Page, until: string, act: () => Promise<unknown>): Promise<number> {
  await page.evaluate(`void (window.timed = ${until})`);
  await act();
  return z.number().parse(await page.evaluate('window.timed'));
}

const Seen = z.object({
  shift: z.number(),
  interactions: z.record(z.string(), z.number()),
  longTasks: z.array(z.number()),
  paintedAt: z.number(),
  renders: z.number(),
});

/** What a page has done so far since it was loaded. */
export async function seenBy(page: Page): Promise<z.infer<typeof Seen>> {
  return Seen.parse(await page.evaluate('window.seen'));
}

/** MB in use, swept. */
export async function heapOf(page: Page): Promise<number> {
  const session = await page.context().newCDPSession(page);
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  await session.detach();
  return usedSize / 1e6;
}

export function quantile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
}
