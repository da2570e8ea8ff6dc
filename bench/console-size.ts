import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Page } from 'playwright-core';

/** Compressed as small as gzip can. */
export interface SizeFigures {
  /** What the overview loads, from its first byte to rest. */
  readonly firstScripts: number;
  readonly firstStyles: number;
  /** Documents, scripts and styles. */
  readonly firstRequests: number;
  /** The largest script that is loaded when it is needed. */
  readonly largestChunk: number;
  /** All scripts and styles. */
  readonly whole: number;
}

const restMs = 1_500;

/** @param dist the console as it was built */
export async function sizes(page: Page, url: string, dist: string): Promise<SizeFigures> {
  const asked = new Set<string>();
  page.on('request', (request) => {
    const { pathname } = new URL(request.url());
    if (!pathname.startsWith('/api/')) asked.add(pathname);
  });
  await page.goto(url);
  await page.locator('main h1').waitFor();
  await page.waitForTimeout(restMs);
  const names = await readdir(join(dist, 'assets'));
  const bytes = new Map(
    await Promise.all(
      names.map(async (name) => {
        const packed = gzipSync(await readFile(join(dist, 'assets', name)), { level: 9 });
        return [`/assets/${name}`, packed.length] as const;
      }),
    ),
  );
  const of = (ending: string, isWanted: (path: string) => boolean) =>
    [...bytes].filter(([path]) => path.endsWith(ending) && isWanted(path)).map(([, size]) => size);
  return {
    firstScripts: sum(of('.js', (path) => asked.has(path))),
    firstStyles: sum(of('.css', (path) => asked.has(path))),
    firstRequests: asked.size,
    largestChunk: Math.max(0, ...of('.js', (path) => !asked.has(path))),
    whole: sum([...of('.js', () => true), ...of('.css', () => true)]),
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
