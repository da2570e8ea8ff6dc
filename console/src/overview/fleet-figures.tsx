import { Link } from '@tanstack/react-router';
import type { Summary, SummaryGroup } from '../../../src/server/api.ts';
import { formatCount } from '../format.ts';
import { ServerStateMark } from '../parts/state-mark.tsx';
import { termOf } from '../servers/query-terms.ts';
import { text } from '../text.ts';

export function FleetFigures({ summary }: { summary: Summary }) {
  return (
    <section className="figure">
      <h2>{text.fleet.servers}</h2>
      <p className="large">
        <Link to="/servers">{formatCount(summary.servers)}</Link>
      </p>
      <Breakdown label={text.fleet.byCloud} field="provider" groups={summary.by_provider} />
      <Breakdown label={text.fleet.byState} field="state" groups={summary.by_state} />
    </section>
  );
}

interface BreakdownProps {
  readonly label: string;
  readonly field: 'provider' | 'state';
  readonly groups: readonly SummaryGroup[];
}

function Breakdown({ label, field, groups }: BreakdownProps) {
  return (
    <ul className="breakdown" aria-label={label}>
      {groups.map(({ name, servers }) => (
        <li key={name}>
          <Link to="/servers" search={{ q: termOf(field, [name]) }}>
            {field === 'state' ? <ServerStateMark state={name} /> : name} <b>{formatCount(servers)}</b>
          </Link>
        </li>
      ))}
    </ul>
  );
}
