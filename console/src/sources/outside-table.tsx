import type { OutsideSourceRow } from '../../../src/server/source-api.ts';
import { formatAgo, formatTime } from '../format.ts';
import { ScrollTable } from '../parts/scroll-table.tsx';
import { text } from '../text.ts';
import { OutsideState } from './source-state.tsx';

/** Who answers besides our own providers. */
export function OutsideTable({ sources }: { sources: readonly OutsideSourceRow[] }) {
  if (sources.length === 0) return null;
  return (
    <section className="panel">
      <header>
        <h2>{text.sources.outside}</h2>
      </header>
      <ScrollTable label={text.sources.outside}>
        <table>
          <thead>
            <tr>
              <th scope="col" className="pinned">
                {text.sources.source}
              </th>
              <th scope="col">{text.sources.kind}</th>
              <th scope="col">{text.runs.state}</th>
              <th scope="col">{text.sources.where}</th>
              <th scope="col">{text.sources.at}</th>
            </tr>
          </thead>
          <tbody>
            {sources.map(({ id, kind, name, provider, state, at, error, where }) => (
              <tr key={id}>
                <th scope="row" className="pinned">
                  {name}
                  {provider !== null && <small className="place">{provider}</small>}
                </th>
                <td>{text.sources.kinds[kind]}</td>
                <td>
                  <OutsideState state={state} />
                  {error !== null && (
                    <small className="place breakable">
                      {error.message} {error.fix}
                    </small>
                  )}
                </td>
                <td>
                  <code>{where}</code>
                </td>
                <td>
                  <time dateTime={at} title={formatTime(at)}>
                    {formatAgo(at)}
                  </time>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollTable>
    </section>
  );
}
