import type { LedgerRow } from '../../../src/server/api.ts';
import { formatCount, formatUsd } from '../format.ts';
import { text } from '../text.ts';

const counts = ['calls', 'retried', 'throttled', 'failed'] as const;

/** What was sent and what it cost, call by call kind, dearest first. */
export function LedgerTable({ lines }: { lines: readonly LedgerRow[] }) {
  const sorted = lines.toSorted((a, b) => b.usd - a.usd || b.calls - a.calls);
  const total = (of: (line: LedgerRow) => number) => lines.reduce((sum, line) => sum + of(line), 0);
  return (
    <section className="panel">
      <header>
        <h2>{text.runs.ledger}</h2>
      </header>
      {lines.length === 0 ? (
        <p className="summary">{text.runs.ledgerNone}</p>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        <div className="table-scroll" tabIndex={0}>
          <table>
            <thead>
              <tr>
                <th scope="col">{text.runs.api}</th>
                <th scope="col">{text.runs.account}</th>
                <th scope="col">{text.runs.region}</th>
                {[...counts.map((name) => text.runs[name]), text.runs.spent].map((label) => (
                  <th key={label} scope="col" className="number">
                    {label}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {sorted.map((line) => (
                <tr key={`${line.account} ${line.region} ${line.api}`}>
                  <th scope="row">
                    <code>{line.api}</code>
                  </th>
                  <td>{line.account}</td>
                  <td>{line.region}</td>
                  {counts.map((name) => (
                    <td key={name} className="number">
                      {formatCount(line[name])}
                    </td>
                  ))}
                  <td className="number">{formatUsd(line.usd)}</td>
                </tr>
              ))}
            </tbody>
            <tfoot>
              <tr>
                <th scope="row" colSpan={3}>
                  {text.runs.total}
                </th>
                {counts.map((name) => (
                  <td key={name} className="number">
                    {formatCount(total((line) => line[name]))}
                  </td>
                ))}
                <td className="number">{formatUsd(total((line) => line.usd))}</td>
              </tr>
            </tfoot>
          </table>
        </div>
      )}
    </section>
  );
}
