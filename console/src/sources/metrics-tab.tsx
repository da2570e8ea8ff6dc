import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import type { MetricSourceRow, MetricSourcesReply } from '../../../src/server/source-api.ts';
import { metricSourcesQuery } from '../api.ts';
import { formatCount, formatPart } from '../format.ts';
import { Answer } from '../parts/answer.tsx';
import { ShareBar } from '../parts/gauge.tsx';
import { EmptyNotice } from '../parts/notices.tsx';
import { ScrollTable } from '../parts/scroll-table.tsx';
import { text } from '../text.ts';

const route = getRouteApi('/sources');
const usualType = 'server';

/** Field, where it comes from, what is done to it, and how many have it. */
export function MetricsTab() {
  const { provider, type = usualType } = route.useSearch();
  const metrics = useQuery(metricSourcesQuery(type, provider));
  return (
    <Answer asked={metrics} rows={10}>
      {({ data }) => <Metrics reply={data} isStale={metrics.isPlaceholderData} />}
    </Answer>
  );
}

function Metrics({ reply: { providers, types, rows }, isStale }: { reply: MetricSourcesReply; isStale: boolean }) {
  const { provider, type = usualType } = route.useSearch();
  const navigate = route.useNavigate();
  const choose = (wanted: { provider?: string; type?: string }) =>
    void navigate({ search: { tab: 'metrics', ...wanted } });
  const chosenType = type === usualType ? {} : { type };
  return (
    <>
      <div className="filters">
        <label>
          <span className="filter-name">{text.sources.provider}</span>
          <select
            value={provider ?? ''}
            onChange={({ target: { value } }) => choose({ ...chosenType, ...(value && { provider: value }) })}
          >
            <option value="">{text.sources.allProviders}</option>
            {providers.map((id) => (
              <option key={id} value={id}>
                {text.connect.clouds[id] ?? id}
              </option>
            ))}
          </select>
        </label>
        <label>
          <span className="filter-name">{text.list.type}</span>
          <select
            value={type}
            onChange={({ target: { value } }) =>
              choose({ ...(provider && { provider }), ...(value === usualType ? {} : { type: value }) })
            }
          >
            {(types.length === 0 ? [{ id: type, label: type }] : types).map(({ id, label }) => (
              <option key={id} value={id}>
                {text.list.types[id] ?? label}
              </option>
            ))}
          </select>
        </label>
      </div>
      {rows.length === 0 ? (
        <EmptyNotice title={text.sources.noMetrics}>
          <p>{text.sources.noMetricsFix}</p>
        </EmptyNotice>
      ) : (
        <div className={isStale ? 'stale' : undefined}>
          <MetricTable rows={rows} />
        </div>
      )}
    </>
  );
}

function MetricTable({ rows }: { rows: readonly MetricSourceRow[] }) {
  return (
    <ScrollTable label={text.sources.metrics}>
      <table className="metric-table">
        <thead>
          <tr>
            <th scope="col" className="pinned">
              {text.sources.field}
            </th>
            <th scope="col">{text.sources.provider}</th>
            <th scope="col">{text.sources.native}</th>
            <th scope="col">{text.sources.statistic}</th>
            <th scope="col">{text.sources.conversion}</th>
            <th scope="col">{text.sources.coverage}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={`${row.provider} ${row.key} ${row.native}`}>
              <th scope="row" className="pinned">
                {text.metrics[row.key]}
                <small className="place">
                  <code>{row.key}</code>
                </small>
              </th>
              <td>{text.connect.clouds[row.provider] ?? row.provider}</td>
              <td className="breakable">
                <code>{row.native}</code>
                <small className="place" lang="en">
                  {row.source}
                </small>
              </td>
              <td>{row.statistic ?? <span className="missing">– {text.sources.noStatistic}</span>}</td>
              <td className="breakable">
                {row.unit}
                {row.conversion !== null && (
                  <small className="place" lang="en">
                    → {row.conversion}
                  </small>
                )}
              </td>
              <td>
                <Coverage having={row.having} all={row.all} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollTable>
  );
}

function Coverage({ having, all }: { having: number; all: number }) {
  if (all === 0) return <span className="missing">– {text.sources.noneThere}</span>;
  return (
    <span className="metric-coverage">
      <ShareBar part={having / all} /> <b>{formatPart(having / all)}</b>
      <small className="place">{text.sources.having(formatCount(having), formatCount(all))}</small>
    </span>
  );
}
