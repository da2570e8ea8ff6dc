import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Browser } from 'playwright-core';
import type { Figures } from './budgets.ts';
import { openPage } from './page.ts';

type SizeFigure = 'firstScripts' | 'firstStyles' | 'firstRequests' | 'largestChunk' | 'whole';

/**
 * What the overview loads, from its first byte to rest (documents, scripts and styles), and what there is besides; compressed as
 * small as gzip can.
 *
 * @param dist the console as it was built
 */
export async function sizes(browser: Browser, url: string, dist: string): Promise<Pick<Figures, SizeFigure>> {
  const { page, rest } = await openPage(browser);
  const asked = new Set<string>();
  page.on('request', (request) => {
    const { pathname } = new URL(request.url());
    if (!pathname.startsWith('/api/')) asked.add(pathname);
  });
  await page.goto(url);
  await rest();
  await page.context().close();
  const names = await readdir(join(dist, 'assets'));
  const bytes = new Map(
    await Promise.all(
      names.map(async (name) => {
        const packed = gzipSync(await readFile(join(dist, 'assets', name)), { level: 9 });
        return [`/assets/${name}`, packed.length / 1000] as const;
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
