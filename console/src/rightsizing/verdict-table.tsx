import { Link } from '@tanstack/react-router';
import type { RightsizingRow } from '../../../src/server/rightsizing-api.ts';
import { formatPercent } from '../format.ts';
import { text } from '../text.ts';
import { Confidence } from './confidence.tsx';
import { ClassMark, DecisionMark } from './marks.tsx';
import { formatChange, perMonth } from './month.ts';
import { percentileName } from './percentile-name.ts';

interface VerdictTableProps {
  readonly rows: readonly RightsizingRow[];
  readonly policy: { readonly look_back_days: number; readonly percentile: number };
  /** Null where the reader may not decide. */
  readonly picked: ReadonlySet<number> | null;
  readonly onPick: (picked: ReadonlySet<number>) => void;
}

export function VerdictTable({ rows, policy, picked, onPick }: VerdictTableProps) {
  const { columns } = text.rightsizing;
  const counts = percentileName(policy.percentile);
  return (
    <section className="table-scroll" aria-label={text.rightsizing.caption}>
      <table className="server-table verdict-table">
        <thead>
          <tr>
            {picked !== null && (
              <th scope="col" className="pick">
                <PickAll rows={rows} picked={picked} onPick={onPick} />
              </th>
            )}
            <th scope="col" className="pinned">
              {columns.server}
            </th>
            <th scope="col">{columns.now}</th>
            <th scope="col" className="number edge">
              {columns.cpu} {counts}
            </th>
            {policy.percentile < 1 && (
              <th scope="col" className="number">
                {columns.cpu} {columns.max}
              </th>
            )}
            <th scope="col" className="number edge">
              {columns.memory} {counts}
            </th>
            <th scope="col" className="edge">
              {columns.suggestion}
            </th>
            <th scope="col" className="number">
              {columns.month}
            </th>
            <th scope="col">{columns.confidence}</th>
            <th scope="col">{columns.why}</th>
            <th scope="col">{columns.state}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <VerdictLine key={row.id} row={row} policy={policy} picked={picked} onPick={onPick} />
          ))}
        </tbody>
      </table>
    </section>
  );
}

type PickProps = Pick<VerdictTableProps, 'picked' | 'onPick'>;

function VerdictLine({
  row,
  policy,
  picked,
  onPick,
}: { row: RightsizingRow } & Pick<VerdictTableProps, 'policy'> & PickProps) {
  const { cpu } = row;
  return (
    <tr>
      {picked !== null && (
        <td className="pick">{row.state !== null && <PickOne row={row} {...{ picked, onPick }} />}</td>
      )}
      <th scope="row" className="pinned verdict-server">
        <Link to="/servers/$id" params={{ id: String(row.id) }} search={{ tab: 'rightsizing' }} title={row.resource_id}>
          {row.name || row.resource_id}
        </Link>
        <small className="place">
          {row.account} · {row.region}
        </small>
      </th>
      <td>{row.instance_type}</td>
      <LoadCell load={cpu} percentile={policy.percentile} />
      {policy.percentile < 1 && <td className="number">{cpu === null ? '–' : formatPercent(cpu.max)}</td>}
      <LoadCell load={row.memory} percentile={policy.percentile} hasMaximum />
      <td className="edge">
        <SuggestionWords row={row} />
      </td>
      <td className="number">
        <Month row={row} lookBackDays={policy.look_back_days} />
      </td>
      <td>
        {row.class === 'not_enough_data' ? <span className="missing">–</span> : <Confidence caveats={row.caveats} />}
      </td>
      <td className="why-cell">
        <ClassMark name={row.class} /> <small className="reason">{text.rightsizing.reasons[row.reason]}</small>
      </td>
      <td>{row.state === null ? <span className="missing">–</span> : <DecisionMark state={row.state} />}</td>
    </tr>
  );
}

interface LoadCellProps {
  readonly load: RightsizingRow['cpu'];
  readonly percentile: number;
  /** There is no column for it. */
  readonly hasMaximum?: boolean;
}

/** The percentile where points were read; the maximum says that it is one. */
function LoadCell({ load, percentile, hasMaximum = false }: LoadCellProps) {
  if (load === null) return <td className="number edge missing">–</td>;
  if (percentile === 1 || load.peak_is === 'percentile') {
    return <td className="number edge">{formatPercent(load.peak)}</td>;
  }
  if (!hasMaximum) {
    return (
      <td className="number edge missing" title={text.rightsizing.caveats.maximum_counts.long}>
        –<span className="unseen"> {text.rightsizing.fewPoints}</span>
      </td>
    );
  }
  return (
    <td className="number edge" title={text.rightsizing.caveats.maximum_counts.long}>
      {formatPercent(load.max)} <small>{text.rightsizing.maximum}</small>
    </td>
  );
}

function SuggestionWords({ row: { suggestion, withheld } }: { row: RightsizingRow }) {
  if (suggestion?.action === 'stop') return text.rightsizing.stop;
  if (suggestion !== null) return suggestion.instance_type;
  if (withheld === null) return <span className="missing">–</span>;
  return (
    <span className="missing" title={text.rightsizing.withheld[withheld].long}>
      – <small>{text.rightsizing.withheld[withheld].short}</small>
    </span>
  );
}

function Month({ row: { savings, suggestion }, lookBackDays }: { row: RightsizingRow; lookBackDays: number }) {
  if (savings !== null) return formatChange(perMonth(savings.usd, lookBackDays));
  return (
    <span className="missing">
      – {suggestion !== null && <small title={text.rightsizing.noSaving}>{text.rightsizing.noPrice}</small>}
    </span>
  );
}

function PickOne({ row, picked, onPick }: { row: RightsizingRow } & PickProps) {
  const isPicked = picked?.has(row.id) ?? false;
  return (
    <label>
      <span className="unseen">{text.rightsizing.pick(row.name || row.resource_id)}</span>
      <input
        type="checkbox"
        checked={isPicked}
        onChange={() => {
          const next = new Set(picked);
          if (!next.delete(row.id)) next.add(row.id);
          onPick(next);
        }}
      />
    </label>
  );
}

function PickAll({ rows, picked, onPick }: { rows: readonly RightsizingRow[] } & PickProps) {
  const all = rows.filter(({ state }) => state !== null).map(({ id }) => id);
  const count = all.filter((id) => picked?.has(id)).length;
  if (all.length === 0) return <span className="unseen">{text.rightsizing.pickAll}</span>;
  return (
    <label>
      <span className="unseen">{text.rightsizing.pickAll}</span>
      <input
        type="checkbox"
        checked={count === all.length}
        ref={(box) => {
          if (box !== null) box.indeterminate = count > 0 && count < all.length;
        }}
        onChange={() => onPick(new Set(count === all.length ? [] : all))}
      />
    </label>
  );
}
