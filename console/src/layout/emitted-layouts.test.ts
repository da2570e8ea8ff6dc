import { expect, it } from 'vitest';
import { type MetricKey, metrics } from '../../../src/model/metric.ts';
import { performanceMetadata } from '../../../src/model/performance-layout.ts';
import { type InventoryRecord, splitKey, type Values } from '../../../src/model/record.ts';
import { knownTypes } from '../../../src/providers/registry.ts';
import { linesOf, markupOf, plainRecord } from './render.fixture.ts';

const statistics = ['avg', 'max', 'p95'] as const;

/** One of each unit. */
const values = {
  percent: { avg: 3.42, max: 61, p95: 12.04 },
  bytes: { avg: 6_442_450_944, max: 8_589_934_592, p95: 7_516_192_768 },
  bytes_per_second: { avg: 12_500, max: 9_400_000, p95: 310_000 },
  per_second: { avg: 0.4, max: 31_000, p95: 2.25 },
  count: { avg: 2, max: 12_000, p95: 7.5 },
  seconds: { avg: 0.012, max: 4, p95: 0.25 },
} as const satisfies Record<(typeof metrics)[MetricKey]['unit'], Values>;

/** Measured all through, but for the last metric, which says why not. */
function recordOf(keys: readonly MetricKey[]): InventoryRecord {
  const monitoring: Record<string, Record<string, Values>> = {};
  const info: InventoryRecord['data']['monitoring_info'] = {
    window: { start: '2026-11-08T00:00:00Z', end: '2026-11-22T00:00:00Z' },
    collected_at: '2026-11-22T01:00:00Z',
    metrics: Object.fromEntries(
      keys.map((key, at) => [
        key,
        at === keys.length - 1 ? { missing: 'no_data' } : { source: 'Cloud/Metric', period: 300, coverage: 1 },
      ]),
    ),
  };
  for (const key of keys.slice(0, -1)) {
    const [section, name] = splitKey(key);
    monitoring[section] = { ...monitoring[section], [name]: values[metrics[key].unit] };
  }
  const metadata = { cloud: performanceMetadata(keys, statistics) };
  return { ...plainRecord, data: { monitoring, monitoring_info: info }, metadata };
}

/** Types of which the same is measured have the same document. */
const documents = Map.groupBy(
  (await knownTypes()).flatMap(({ provider, types }) =>
    types.map(({ id, metrics: keys }) => ({ name: `${provider}/${id}`, keys })),
  ),
  ({ keys }) => JSON.stringify(performanceMetadata(keys, statistics)),
);

it.each(['pivot', 'fields'] as const)('every document that we emit is drawn as before: %s', async (form) => {
  const parts = [...documents.values()].map((same) => {
    const names = same.map(({ name }) => name).join(', ');
    const lines = linesOf(markupOf(recordOf(same[0]?.keys ?? []), form));
    const onceEach = lines.filter((line, at) => !line.startsWith('Cloud/Metric') || lines.indexOf(line) === at);
    return [`## ${names}`, ...onceEach].join('\n');
  });
  await expect(`${parts.join('\n\n')}\n`).toMatchFileSnapshot(`testing/emitted-${form}.txt`);
});
