import { Link } from '@tanstack/react-router';
import type { Summary } from '../../../src/server/api.ts';
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
      <ul className="breakdown" aria-label={text.fleet.byState}>
        {summary.by_state.map(({ name, servers }) => (
          <li key={name}>
            <Link to="/servers" search={{ q: termOf('state', [name]) }}>
              <ServerStateMark state={name} /> <b>{formatCount(servers)}</b>
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}
