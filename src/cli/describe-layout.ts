import { type MetricKey, metrics } from '#model/metric.ts';
import { type ItemLayout, performanceMetadata } from '#model/performance-layout.ts';
import { type InventoryRecord, type Values, valuesAt } from '#model/record.ts';
import { type Statistic, statistics } from '#model/statistic.ts';
import { formatValue } from './format.ts';
import { type Column, renderTable } from './table.ts';

interface Line {
  readonly label: string;
  readonly key: MetricKey;
  readonly values: Values;
}

/** The Performance tab of Cloudforet as text: its sections and their order, a line for each metric, a statistic a column. */
export function describeLayout({ data, name }: InventoryRecord): string {
  const measured = Object.keys(data.monitoring_info?.metrics ?? {}).filter((key): key is MetricKey => key in metrics);
  if (measured.length === 0) return `${name} is not measured yet: fleetgauge collect`;
  const shown = statistics.filter((statistic) =>
    measured.some((key) => valuesAt(data.monitoring ?? {}, key)?.[statistic] !== undefined),
  );
  const [{ options }] = performanceMetadata(measured, shown).view.sub_data.layouts;
  return options.layouts
    .map((section) => renderTable(columnsOf(section, shown), linesOf(section, measured, data.monitoring ?? {})))
    .join('\n\n');
}

function columnsOf({ name }: ItemLayout, shown: readonly Statistic[]): Column<Line>[] {
  return [
    { title: name, value: ({ label }) => label },
    ...shown.map((statistic) => ({
      title: statistic.toUpperCase(),
      alignRight: true,
      value: ({ key, values }: Line) => {
        const value = values[statistic];
        return value === undefined ? '–' : formatValue(key, value);
      },
    })),
  ];
}

/** A field of the layout is a metric and a statistic; here a metric is a line, once. */
function linesOf(
  { options }: ItemLayout,
  measured: readonly MetricKey[],
  monitoring: NonNullable<InventoryRecord['data']['monitoring']>,
): Line[] {
  const lines = new Map<MetricKey, Line>();
  for (const { name, key: path } of options.fields) {
    const key = measured.find((each) => path.startsWith(`data.monitoring.${each}.`));
    if (key === undefined || lines.has(key)) continue;
    lines.set(key, { label: name.split(' | ')[0]?.trim() ?? name, key, values: valuesAt(monitoring, key) ?? {} });
  }
  return [...lines.values()];
}
