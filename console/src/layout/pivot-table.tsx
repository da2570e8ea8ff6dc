import type { MetricKey } from '../../../src/model/metric.ts';
import type { InventoryRecord } from '../../../src/model/record.ts';
import { formatMetric, units } from '../format.ts';
import { Gauge } from '../parts/gauge.tsx';
import { MissingValue } from '../parts/missing-value.tsx';
import { ValueSource } from '../parts/value-source.tsx';
import { text } from '../text.ts';
import { FieldList } from './field-list.tsx';
import { FieldValue } from './field-value.tsx';
import { metricAt, statisticName } from './names.ts';
import { type PivotRow, pivotOf } from './pivot.ts';
import type { Field } from './read-field.ts';
import { valueAt } from './value-path.ts';

interface PivotTableProps {
  readonly name: string;
  readonly fields: readonly Field[];
  readonly record: InventoryRecord;
}

/** A row per metric, a column per statistic; under each metric where it comes from. */
export function PivotTable({ name, fields, record }: PivotTableProps) {
  const { columns, rows, rest } = pivotOf(fields);
  return (
    <>
      {rows.length > 0 && (
        <table className="pivot" aria-label={name}>
          <thead>
            <tr>
              <th scope="col">{text.server.metric}</th>
              {columns.map((column) => (
                <th key={column} scope="col" className="number">
                  {statisticName(column)}
                </th>
              ))}
            </tr>
          </thead>
          {rows.map((row) => (
            <MetricRows key={row.label} row={row} columns={columns} record={record} />
          ))}
        </table>
      )}
      {rest.length > 0 && <FieldList fields={rest} data={record} />}
    </>
  );
}

interface MetricRowsProps {
  readonly row: PivotRow;
  readonly columns: readonly string[];
  readonly record: InventoryRecord;
}

function MetricRows({ row, columns, record }: MetricRowsProps) {
  const metric = metricOf(row);
  const info = metric && record.data.monitoring_info?.metrics[metric];
  const fields = columns.map((column) => row.cells.get(column));
  const isEmpty = fields.every((field) => field === undefined || valueAt(record, field.path) === undefined);
  return (
    <tbody>
      <tr>
        <th scope="row">{metric === undefined ? row.label : text.metrics[metric]}</th>
        {isEmpty ? (
          <td className="number" colSpan={columns.length}>
            <MissingValue reason={info !== undefined && 'missing' in info ? info.missing : undefined} />
          </td>
        ) : (
          columns.map((column, index) => (
            <td key={column} className="number">
              <MetricValue field={fields[index]} metric={metric} record={record} />
            </td>
          ))
        )}
      </tr>
      {metric !== undefined && (info !== undefined || isEmpty) && (
        <tr className="source">
          <td colSpan={columns.length + 1}>
            <ValueSource info={info} />
          </td>
        </tr>
      )}
    </tbody>
  );
}

interface MetricValueProps {
  readonly field: Field | undefined;
  readonly metric: MetricKey | undefined;
  readonly record: InventoryRecord;
}

function MetricValue({ field, metric, record }: MetricValueProps) {
  if (field === undefined) return <span className="missing">–</span>;
  const value = valueAt(record, field.path);
  if (metric === undefined || typeof value !== 'number') return <FieldValue field={field} data={record} />;
  const info = record.data.monitoring_info?.metrics[metric];
  const statistic = field.path.at(-1);
  const isBound = info !== undefined && 'max_is' in info && info.max_is !== undefined && statistic === 'max';
  return (
    <span title={isBound ? text.source.upperBound : undefined}>
      {units[metric] === 'percent' && statistic === 'avg' && <MetricGauge metric={metric} record={record} />}
      {isBound && '≤ '}
      {formatMetric(metric, value)}
    </span>
  );
}

function MetricGauge({ metric, record }: { metric: MetricKey; record: InventoryRecord }) {
  const [section, name] = metric.split('.');
  const values = record.data.monitoring?.[section ?? '']?.[name ?? ''];
  return values?.avg === undefined ? null : <Gauge avg={values.avg} max={values.max} />;
}

/** `cpu.utilization` of a row whose fields all lie in `data.monitoring.cpu.utilization`. */
function metricOf({ cells }: PivotRow): MetricKey | undefined {
  const [metric, ...others] = new Set([...cells.values()].map(({ path }) => metricAt(path)?.metric));
  return others.length === 0 ? metric : undefined;
}
