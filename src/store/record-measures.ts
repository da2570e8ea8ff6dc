import { type MetricKey, metricKeys } from '#model/metric.ts';
import { type InventoryRecord, valuesAt } from '#model/record.ts';

/** Values of a record, in percent, that are sorted and filtered by as often as those of its outline: columns, too. */
interface RecordMeasures {
  readonly cpuP95: number | null;
  readonly memoryMax: number | null;
  readonly memoryP95: number | null;
  /** Which metrics there are values of: bit n is the n-th of `metricKeys`. */
  readonly measured: number;
}

export function measuresOf({ data: { monitoring = {} } }: InventoryRecord): RecordMeasures {
  const memory = valuesAt(monitoring, 'memory.usage');
  return {
    cpuP95: valuesAt(monitoring, 'cpu.utilization')?.p95 ?? null,
    memoryMax: memory?.max ?? null,
    memoryP95: memory?.p95 ?? null,
    measured: metricKeys.reduce(
      (bits, key, at) => (valuesAt(monitoring, key) === undefined ? bits : bits + 2 ** at),
      0,
    ),
  };
}

/** The bits of the metrics of a section: `disk.read_iops` is of `disk`. */
export function bitsOfSection(section: 'disk' | 'network'): number {
  return metricKeys.reduce((bits, key, at) => (key.startsWith(`${section}.`) ? bits + 2 ** at : bits), 0);
}

/** The metrics that the bits of `measured` stand for. */
export function keysOfBits(measured: number): MetricKey[] {
  return metricKeys.filter((_, at) => Math.floor(measured / 2 ** at) % 2 === 1);
}
