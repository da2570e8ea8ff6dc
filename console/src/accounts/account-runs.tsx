import { Link } from '@tanstack/react-router';
import type { AccountDetail } from '../../../src/server/account-api.ts';
import { formatCount, formatSpan, formatUsd } from '../format.ts';
import { ScrollTable } from '../parts/scroll-table.tsx';
import { JobStateMark } from '../parts/state-mark.tsx';
import { text } from '../text.ts';
import { Moment } from './moment.tsx';

/** The newest runs that read it; their figures are of all that they read. */
export function AccountRuns({ runs }: { runs: AccountDetail['runs'] }) {
  return (
    <section className="panel">
      <header>
        <h2>{text.accounts.runs}</h2>
      </header>
      {runs.length === 0 ? (
        <p className="summary">{text.accounts.runsNone}</p>
      ) : (
        <ScrollTable label={text.accounts.runs}>
          <table>
            <thead>
              <tr>
                <th scope="col">{text.runs.id}</th>
                <th scope="col">{text.runs.state}</th>
                <th scope="col">{text.runs.started}</th>
                <th scope="col" className="number">
                  {text.runs.took}
                </th>
                <th scope="col" className="number">
                  {text.runs.servers}
                </th>
                <th scope="col" className="number">
                  {text.runs.spent}
                </th>
              </tr>
            </thead>
            <tbody>
              {runs.map((run) => (
                <tr key={run.id}>
                  <th scope="row">
                    <Link to="/jobs/$id" params={{ id: String(run.id) }}>
                      #{run.id}
                    </Link>
                  </th>
                  <td>
                    <JobStateMark state={run.state} />
                  </td>
                  <td>
                    <Moment at={run.started_at} />
                  </td>
                  <td className="number">{formatSpan(run.seconds)}</td>
                  <td className="number">{formatCount(run.counts.servers)}</td>
                  <td className="number">{formatUsd(run.spent.usd)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </ScrollTable>
      )}
    </section>
  );
}
