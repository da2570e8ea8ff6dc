import type { Browser } from 'playwright-core';
import { openPage, seenBy } from './page.ts';

/** Every page, and the tabs and views that are pages of their own. */
const paths = [
  '/',
  '/servers',
  '/servers?view=map',
  '/servers?view=scatter',
  '/servers?sort=-cpu.utilization.avg&peek=1',
  '/servers/1',
  '/servers/1?tab=history',
  '/servers/1?tab=rightsizing',
  '/servers/1?tab=sources',
  '/servers/1?tab=raw',
  '/rightsizing',
  '/rightsizing/policy',
  '/jobs',
  '/jobs/new',
  '/jobs/schedules',
  '/errors',
  '/sources',
  '/sources?tab=metrics',
  '/exports',
  '/accounts',
  '/accounts/new',
  ...['appearance', 'collection', 'budget', 'users', 'data', 'about'].map((section) => `/settings/${section}`),
];

/** How much each page shifts while it is loaded. */
export async function shifts(browser: Browser, url: string): Promise<ReadonlyMap<string, number>> {
  const { page, rest } = await openPage(browser);
  const found = new Map<string, number>();
  for (const path of paths) {
    await page.goto(url + path, { waitUntil: 'commit' });
    await rest();
    found.set(path, (await seenBy(page)).shift);
  }
  await page.context().close();
  return found;
}
