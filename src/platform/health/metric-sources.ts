import type { MetricRow, Provider } from '#model/provider.ts';
import type { RecordCoverage } from '#store/inventory.ts';

/** Where a metric of a type of resource comes from, and how many have it. */
export interface MetricSource extends MetricRow {
  readonly provider: string;
  /** Resources of the type that have a value of it, however it came about. */
  readonly having: number;
  /** Resources of the type. */
  readonly all: number;
}

/** @param coverage of the resources of this type alone */
export function metricSources(
  providers: readonly Pick<Provider, 'id' | 'metricTable'>[],
  type: string,
  coverage: readonly RecordCoverage[],
): readonly MetricSource[] {
  return providers.flatMap(({ id, metricTable }) => {
    const of = coverage.find(({ provider }) => provider === id);
    return metricTable
      .filter((row) => row.type === type)
      .map((row) => ({ ...row, provider: id, having: of?.withValue.get(row.key) ?? 0, all: of?.servers ?? 0 }));
  });
}
