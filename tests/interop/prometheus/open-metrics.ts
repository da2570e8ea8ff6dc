import { open } from 'node:fs/promises';
import type { LabelSet, StoredSeries } from './scraped.ts';

/** Writes series as a file that promtool imports. */
export async function writeOpenMetrics(file: string, series: readonly StoredSeries[]): Promise<void> {
  await using handle = await open(file, 'w');
  for (const { metric, labels, timeline, valueAt } of series) {
    const name = `${metric}${braces(labels)}`;
    await handle.write(timeline.scrapes.map((scrape) => `${name} ${valueAt(scrape)} ${scrape.time}\n`).join(''));
  }
  await handle.write('# EOF\n');
}

function braces(labels: LabelSet): string {
  return `{${Object.entries(labels)
    .map(([name, value]) => `${name}=${JSON.stringify(value)}`)
    .join(',')}}`;
}
