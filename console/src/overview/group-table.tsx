import { Link } from '@tanstack/react-router';
import type { SummaryGroup } from '../../../src/server/api.ts';
import { formatCount, formatPart } from '../format.ts';
import { ShareBar } from '../parts/gauge.tsx';
import { termOf } from '../servers/query-terms.ts';
import { text } from '../text.ts';

interface GroupTableProps {
  readonly title: string;
  readonly column: string;
  readonly filter: 'account' | 'region';
  readonly groups: readonly SummaryGroup[];
}

const shown = 12;

/** The largest groups; each leads to its servers. */
export function GroupTable({ title, column, filter, groups }: GroupTableProps) {
  const most = Math.max(1, ...groups.map((group) => group.servers));
  return (
    <section className="panel">
      <header>
        <h2>{title}</h2>
        <small>{formatCount(groups.length)}</small>
      </header>
      <div className="table-scroll">
        <table>
          <thead>
            <tr>
              <th scope="col">{column}</th>
              <th scope="col" className="number">
                {text.fleet.servers}
              </th>
              <th scope="col" className="bar-column">
                <span className="unseen">{text.fleet.share}</span>
              </th>
              <th scope="col" className="number">
                {text.fleet.withMemory}
              </th>
            </tr>
          </thead>
          <tbody>
            {groups.slice(0, shown).map(({ name, servers, with_memory }) => (
              <tr key={name}>
                <th scope="row" className="breakable">
                  <Link to="/servers" search={{ q: termOf(filter, [name]) }}>
                    {name}
                  </Link>
                </th>
                <td className="number">{formatCount(servers)}</td>
                <td className="bar-column">
                  <ShareBar part={servers / most} />
                </td>
                <td className="number">{formatPart(with_memory / servers)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {groups.length > shown && <p className="summary">{text.fleet.others(groups.length - shown)}</p>}
    </section>
  );
}
