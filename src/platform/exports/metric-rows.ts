import { valuesOf } from '#collect/fold.ts';
import type { DayCell, Days } from '#model/day-cell.ts';
import { type MetricKey, metrics } from '#model/metric.ts';
import { type Statistic, statistics } from '#model/statistic.ts';
import { type Day, type DayRange, dayCount, daysOf, isoOf } from '#model/window.ts';
import type { HistoryStore } from '#store/history.ts';
import type { RecordId, StoredRecord } from '#store/inventory.ts';
import type { ExportColumn } from '../inventory/export/columns.ts';

/** One metric of one server on one day. */
interface MetricRow {
  readonly stored: StoredRecord;
  readonly day: Day;
  readonly key: MetricKey;
  readonly cell: DayCell;
}

/** Days of servers that are read at once, and rows that are made of them at once: others wait no longer than that takes. */
const daysAtOnce = 500;
const rowsAtOnce = 1_000;

interface Asked {
  readonly window: DayRange;
  readonly keys: readonly MetricKey[];
}

/**
 * What was measured of servers, by server, day and metric, some rows at a time. What was never asked for has no row; what was, and
 * had no point, has one without values.
 */
export async function* metricRows(
  history: HistoryStore,
  servers: readonly StoredRecord[],
  asked: Asked,
): AsyncGenerator<readonly MetricRow[]> {
  const serversAtOnce = Math.max(1, Math.floor(daysAtOnce / dayCount(asked.window)));
  for (let at = 0; at < servers.length; at += serversAtOnce) {
    const some = servers.slice(at, at + serversAtOnce);
    const known = await history.read(
      some.map(({ id }) => id),
      asked.window,
    );
    let rows: MetricRow[] = [];
    for (const row of rowsOf(some, known, asked)) {
      rows.push(row);
      if (rows.length < rowsAtOnce) continue;
      yield rows;
      rows = [];
    }
    // Also where there are none: whoever waits is to have a turn.
    yield rows;
  }
}

function* rowsOf(
  servers: readonly StoredRecord[],
  known: ReadonlyMap<RecordId, Days>,
  { window, keys }: Asked,
): Generator<MetricRow> {
  for (const stored of servers) {
    const days = known.get(stored.id);
    if (days === undefined) continue;
    for (const day of daysOf(window)) {
      const cells = days.get(day);
      if (cells === undefined) continue;
      for (const key of keys) {
        const cell = cells.get(key);
        if (cell !== undefined) yield { stored, day, key, cell };
      }
    }
  }
}

export const metricColumns: readonly ExportColumn<MetricRow>[] = [
  { name: 'provider', kind: 'text', value: ({ stored }) => stored.record.provider },
  { name: 'account', kind: 'text', value: ({ stored }) => stored.record.account },
  { name: 'region', kind: 'text', value: ({ stored }) => stored.record.region_code },
  { name: 'resource_id', kind: 'text', value: ({ stored }) => stored.record.reference.resource_id },
  { name: 'name', kind: 'text', value: ({ stored }) => stored.record.name },
  { name: 'instance_type', kind: 'text', value: ({ stored }) => stored.record.instance_type },
  { name: 'day', kind: 'text', value: ({ day }) => isoOf(day).slice(0, 10) },
  { name: 'metric', kind: 'text', value: ({ key }) => key },
  { name: 'unit', kind: 'text', value: ({ key }) => metrics[key].unit },
  ...statistics.map(statisticColumn),
  { name: 'max_is', kind: 'text', value: ({ cell }) => (cell.maxIsUpperBound === true ? 'upper_bound' : null) },
  { name: 'hours', kind: 'number', value: ({ cell }) => cell.seconds / 3600 },
];

function statisticColumn(statistic: Statistic): ExportColumn<MetricRow> {
  return {
    name: statistic,
    kind: 'number',
    value: ({ cell }) => (cell.seconds === 0 ? null : (valuesOf(cell, [statistic])[statistic] ?? null)),
  };
}
