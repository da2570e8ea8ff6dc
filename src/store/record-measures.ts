import { type InventoryRecord, valuesAt } from '#model/record.ts';

/** Values of a record, in percent, that are sorted and filtered by as often as those of its outline: columns, too. */
interface RecordMeasures {
  readonly cpuP95: number | null;
  readonly memoryMax: number | null;
  readonly memoryP95: number | null;
}

export function measuresOf({ data: { monitoring = {} } }: InventoryRecord): RecordMeasures {
  const memory = valuesAt(monitoring, 'memory.usage');
  return {
    cpuP95: valuesAt(monitoring, 'cpu.utilization')?.p95 ?? null,
    memoryMax: memory?.max ?? null,
    memoryP95: memory?.p95 ?? null,
  };
}
