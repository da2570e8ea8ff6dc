import { getRouteApi, Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { MetricKey } from '../../../src/model/metric.ts';
import type { ServerRow } from '../../../src/server/api.ts';
import type { RecordSort } from '../../../src/store/inventory.ts';
import { formatMetric } from '../format.ts';
import { Gauge } from '../parts/gauge.tsx';
import { MissingValue } from '../parts/missing-value.tsx';
import { ServerStateMark } from '../parts/state-mark.tsx';
import { text } from '../text.ts';

const pairs = [
  ['disk.read_throughput', 'disk.write_throughput'],
  ['network.received_throughput', 'network.sent_throughput'],
] as const satisfies readonly (readonly [MetricKey, MetricKey])[];

export function ServerTable({ rows, sort }: { rows: readonly ServerRow[]; sort: string }) {
  return (
    <section className="table-scroll" aria-label={text.table.caption}>
      <table className="server-table">
        <thead>
          <tr>
            <SortHeader by="name" sort={sort} label={text.table.name} rowSpan={2} className="pinned" />
            <SortHeader by="account" sort={sort} label={text.table.account} rowSpan={2} />
            <SortHeader by="region" sort={sort} label={text.table.region} rowSpan={2} />
            <SortHeader by="instanceType" sort={sort} label={text.table.type} rowSpan={2} />
            <SortHeader by="state" sort={sort} label={text.table.state} rowSpan={2} />
            <th scope="colgroup" colSpan={2} className="group">
              {text.table.cpu}
            </th>
            <th scope="colgroup" className="group">
              {text.table.memory}
            </th>
            <th scope="colgroup" colSpan={2} className="group">
              {text.table.disk}
            </th>
            <th scope="colgroup" colSpan={2} className="group">
              {text.table.network}
            </th>
          </tr>
          <tr>
            <SortHeader by="cpuAvg" sort={sort} label={text.table.avg} of={text.table.cpu} className="edge" isNumber />
            <SortHeader by="cpuMax" sort={sort} label={text.table.max} of={text.table.cpu} isNumber />
            <SortHeader
              by="memoryAvg"
              sort={sort}
              label={text.table.avg}
              of={text.table.memory}
              className="edge"
              isNumber
            />
            <PlainHeader label={text.table.read} className="edge" />
            <PlainHeader label={text.table.write} />
            <PlainHeader label={text.table.received} className="edge" />
            <PlainHeader label={text.table.sent} />
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <ServerLine key={row.id} row={row} />
          ))}
        </tbody>
      </table>
    </section>
  );
}

function ServerLine({ row }: { row: ServerRow }) {
  return (
    <tr>
      <th scope="row" className="pinned">
        <Link to="/servers/$id" params={{ id: String(row.id) }} title={row.resource_id}>
          {row.name || row.resource_id}
        </Link>
      </th>
      <td>{row.account}</td>
      <td>{row.region}</td>
      <td>{row.instance_type}</td>
      <td>
        <ServerStateMark state={row.state} />
      </td>
      <CpuCells row={row} />
      <MeasuredCell row={row} of="memory.usage" className="edge" hasGauge />
      {pairs.map(([first, second]) => (
        <PairCells key={first} row={row} first={first} second={second} />
      ))}
    </tr>
  );
}

function CpuCells({ row }: { row: ServerRow }) {
  const max = row.values['cpu.utilization']?.max;
  if (max === undefined) return <MeasuredCell row={row} of="cpu.utilization" className="edge" colSpan={2} hasGauge />;
  return (
    <>
      <MeasuredCell row={row} of="cpu.utilization" className="edge" hasGauge />
      <td className="number">{formatMetric('cpu.utilization', max)}</td>
    </>
  );
}

/** Two values without data share one reason. */
function PairCells({ row, first, second }: { row: ServerRow; first: MetricKey; second: MetricKey }) {
  const isEmpty = row.values[first] === undefined && row.values[second] === undefined;
  if (isEmpty) return <MeasuredCell row={row} of={first} className="edge" colSpan={2} />;
  return (
    <>
      <MeasuredCell row={row} of={first} className="edge" />
      <MeasuredCell row={row} of={second} />
    </>
  );
}

interface MeasuredCellProps {
  readonly row: ServerRow;
  readonly of: MetricKey;
  readonly className?: string;
  readonly colSpan?: number;
  readonly hasGauge?: boolean;
}

function MeasuredCell({ row, of, className = '', colSpan, hasGauge = false }: MeasuredCellProps) {
  const values = row.values[of];
  if (values?.avg === undefined) {
    return (
      <td className={`number blank ${className}`} colSpan={colSpan}>
        <MissingValue reason={row.missing[of]} />
      </td>
    );
  }
  return (
    <td className={`number ${className}`}>
      {hasGauge && <Gauge avg={values.avg} max={values.max} />}
      {formatMetric(of, values.avg)}
    </td>
  );
}

interface SortHeaderProps {
  readonly by: RecordSort;
  readonly sort: string;
  readonly label: string;
  /** What the column belongs to, for those who do not see the group above. */
  readonly of?: string;
  readonly rowSpan?: number;
  readonly className?: string;
  readonly isNumber?: boolean;
}

const route = getRouteApi('/servers');

/** Numbers begin with the highest, words with the first; a second click turns the order round. */
function SortHeader({ by, sort, label, of, rowSpan, className = '', isNumber = false }: SortHeaderProps) {
  const search = route.useSearch();
  const order = sort === by ? 'ascending' : sort === `-${by}` ? 'descending' : 'none';
  const isTurned = order === 'none' ? isNumber : order === 'ascending';
  const { after: _, page: __, ...rest } = search;
  return (
    <th scope="col" rowSpan={rowSpan} aria-sort={order} className={`${className} ${isNumber ? 'number' : ''}`}>
      <Link
        to="/servers"
        search={{ ...rest, sort: isTurned ? `-${by}` : by }}
        aria-label={text.table.sortBy(of === undefined ? label : `${of} ${label}`)}
      >
        {label}
        <SortArrow order={order} />
      </Link>
    </th>
  );
}

function SortArrow({ order }: { order: 'ascending' | 'descending' | 'none' }): ReactNode {
  return (
    <svg viewBox="0 0 8 8" className={`arrow ${order}`} aria-hidden="true">
      <path d="M4 1.5 7 6H1z" />
    </svg>
  );
}

function PlainHeader({ label, className = '' }: { label: string; className?: string }) {
  return (
    <th scope="col" className={`number ${className}`}>
      {label}
    </th>
  );
}
