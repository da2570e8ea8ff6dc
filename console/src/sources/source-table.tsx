import { Link } from '@tanstack/react-router';
import type { SourceRow } from '../../../src/server/source-api.ts';
import { formatCount, formatPart, formatTime } from '../format.ts';
import { text } from '../text.ts';
import { Milliseconds } from './milliseconds.tsx';
import { SourceState } from './source-state.tsx';
import { SourceStrip } from './source-strip.tsx';
import { nameOf, type StripTimes } from './source-words.ts';

interface SourceTableProps {
  readonly sources: readonly SourceRow[];
  readonly times: StripTimes;
  /** Absent for those who may not. */
  readonly onTest?: (source: SourceRow) => void;
  readonly isTesting: boolean;
}

/** How each API that answers for metrics does, trouble first. */
export function SourceTable({ sources, times, onTest, isTesting }: SourceTableProps) {
  return (
    <section className="table-scroll" aria-label={text.sources.title}>
      <table className="source-table">
        <thead>
          <tr>
            <th scope="col" className="pinned">
              {text.sources.source}
            </th>
            <th scope="col">{text.runs.state}</th>
            <th scope="col">{text.sources.strip}</th>
            {[text.sources.p50, text.sources.p95, text.sources.failed, text.sources.throttled].map((name) => (
              <th key={name} scope="col" className="number">
                {name}
              </th>
            ))}
            <th scope="col" className="number" title={text.sources.quotaNote}>
              {text.sources.quota}
            </th>
            {onTest !== undefined && (
              <th scope="col">
                <span className="unseen">{text.sources.test}</span>
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {sources.map((source) => (
            <tr key={source.id}>
              <th scope="row" className="pinned">
                <Link to="/sources/$id" params={{ id: source.id }} translate="no">
                  {nameOf(source)}
                </Link>
                <small className="place">{source.api}</small>
              </th>
              <td>
                <SourceState state={source.state} />
                {source.since !== null && (
                  <small className="place">
                    {source.error !== null && `${text.errorCodes[source.error]} `}
                    {text.sources.since} <time dateTime={source.since}>{formatTime(source.since)}</time>
                  </small>
                )}
              </td>
              <td>
                {source.calls === 0 ? (
                  <span className="missing">– {text.sources.noCalls}</span>
                ) : (
                  <>
                    <SourceStrip source={source} times={times} />
                    <Link
                      className="twin"
                      to="/sources/$id"
                      params={{ id: source.id }}
                      search={{ show: 'table' }}
                      aria-label={text.sources.asTableOf(nameOf(source))}
                    >
                      <small>{text.sources.asTable}</small>
                    </Link>
                  </>
                )}
              </td>
              <td className="number">
                <Milliseconds value={source.p50_ms} />
              </td>
              <td className="number">
                <Milliseconds value={source.p95_ms} />
              </td>
              <td className={`number ${source.failed > 0 ? 'bad' : ''}`}>
                {source.calls === 0 ? <Blank /> : formatPart(source.failed / source.calls)}
              </td>
              <td className="number">{source.calls === 0 ? <Blank /> : formatCount(source.throttled)}</td>
              <td className="number">{source.quota === null ? <Blank /> : formatPart(source.quota)}</td>
              {onTest !== undefined && (
                <td>
                  <button
                    type="button"
                    aria-label={text.sources.testOf(nameOf(source))}
                    aria-disabled={isTesting}
                    onClick={() => {
                      if (!isTesting) onTest(source);
                    }}
                  >
                    {text.sources.test}
                  </button>
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Blank() {
  return <span className="missing">–</span>;
}
