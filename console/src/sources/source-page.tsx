import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import type { SourceDetail, SourcePlace, SourceRow } from '../../../src/server/source-api.ts';
import { sourceQuery } from '../api.ts';
import { formatAgo, formatCount, formatPart, formatTime } from '../format.ts';
import { Answer } from '../parts/answer.tsx';
import { usePageTitle } from '../parts/page-title.ts';
import { ScrollTable } from '../parts/scroll-table.tsx';
import { useMay } from '../session/session.ts';
import { text } from '../text.ts';
import { Milliseconds } from './milliseconds.tsx';
import { SourceState } from './source-state.tsx';
import { SourceStrip } from './source-strip.tsx';
import { nameOf, type StripTimes, sentenceOf, timeOfCell } from './source-words.ts';
import { TestResult, useSourceTest } from './test-result.tsx';

const route = getRouteApi('/sources/$id');

/** One source: its day as a strip or a table, and who of its accounts and regions fares how. */
export function SourcePage() {
  const { id } = route.useParams();
  const source = useQuery(sourceQuery(id));
  usePageTitle(source.data === undefined ? text.sources.title : nameOf(source.data.data.source));
  return (
    <Answer isPage asked={source} rows={8}>
      {({ data, meta }) => <Source detail={data} isDemo={meta.demo} />}
    </Answer>
  );
}

function Source({ detail: { source, places, ...times }, isDemo }: { detail: SourceDetail; isDemo: boolean }) {
  const { show } = route.useSearch();
  const mayTest = useMay('operator') && !isDemo;
  const test = useSourceTest();
  return (
    <div className="sources">
      <header className="page-head">
        <h1 translate="no">{nameOf(source)}</h1>
        <SourceState state={source.state} />
        <code>{source.api}</code>
        {mayTest && (
          <button
            type="button"
            aria-disabled={test.isPending}
            onClick={() => {
              if (!test.isPending) test.mutate(source);
            }}
          >
            {text.sources.test}
          </button>
        )}
      </header>
      <TestResult test={test} />
      <section className="panel">
        <header>
          <h2>{text.sources.strip}</h2>
          <nav className="switch" aria-label={text.chart.shownAs(text.sources.strip)}>
            <Link to="." search={{}} aria-current={show === undefined ? 'true' : undefined}>
              {text.chart.chart}
            </Link>
            <Link to="." search={{ show: 'table' }} aria-current={show === 'table' ? 'true' : undefined}>
              {text.chart.table}
            </Link>
          </nav>
        </header>
        <p className="summary">{sentenceOf(source)}</p>
        {show === 'table' ? <CellTable source={source} times={times} /> : <SourceStrip source={source} times={times} />}
      </section>
      <section className="panel">
        <header>
          <h2>{text.sources.places}</h2>
        </header>
        {places.length === 0 ? <p className="summary">{text.sources.noCalls}</p> : <PlaceTable places={places} />}
      </section>
    </div>
  );
}

const counts = ['calls', 'failed', 'throttled'] as const;

/** Quarters of an hour without a call are left out. */
function CellTable({ source: { cells }, times }: { source: SourceRow; times: StripTimes }) {
  const asked = cells.calls.flatMap((calls, at) => (calls === 0 ? [] : [at])).toReversed();
  return (
    <ScrollTable label={text.sources.strip}>
      <table className="narrow">
        <thead>
          <tr>
            <th scope="col">{text.sources.quarter}</th>
            {counts.map((name) => (
              <th key={name} scope="col" className="number">
                {text.sources.counts[name]}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {asked.map((at) => (
            <tr key={at}>
              <th scope="row">{formatTime(timeOfCell(times, at))}</th>
              {counts.map((name) => (
                <td key={name} className="number">
                  {formatCount(cells[name][at] ?? 0)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollTable>
  );
}

function PlaceTable({ places }: { places: readonly SourcePlace[] }) {
  return (
    <ScrollTable label={text.sources.places}>
      <table>
        <thead>
          <tr>
            <th scope="col" className="pinned">
              {text.sources.account}
            </th>
            <th scope="col">{text.sources.region}</th>
            {counts.map((name) => (
              <th key={name} scope="col" className="number">
                {text.sources.counts[name]}
              </th>
            ))}
            <th scope="col" className="number">
              {text.sources.p95}
            </th>
            <th scope="col">{text.sources.error}</th>
            <th scope="col">{text.sources.lastAsked}</th>
          </tr>
        </thead>
        <tbody>
          {places.map((place) => (
            <tr key={`${place.account} ${place.region}`}>
              <th scope="row" className="pinned">
                {place.account}
              </th>
              <td>{place.region}</td>
              <td className="number">{formatCount(place.calls)}</td>
              <td className={`number ${place.failed > 0 ? 'bad' : ''}`}>
                {formatCount(place.failed)}
                {place.failed > 0 && ` (${formatPart(place.failed / place.calls)})`}
              </td>
              <td className="number">{formatCount(place.throttled)}</td>
              <td className="number">
                <Milliseconds value={place.p95_ms} />
              </td>
              <td>
                {place.error === null ? (
                  <span className="missing">–</span>
                ) : (
                  <Link to="/errors" search={{ account: place.account, region: place.region }}>
                    {text.errorCodes[place.error]}
                  </Link>
                )}
              </td>
              <td>
                <time dateTime={place.last_at} title={formatTime(place.last_at)}>
                  {formatAgo(place.last_at)}
                </time>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollTable>
  );
}
