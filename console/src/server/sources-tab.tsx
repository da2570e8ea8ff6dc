import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { MetricKey } from '../../../src/model/metric.ts';
import type { MeasuredInfo, MetricInfo, MonitoringInfo, Values } from '../../../src/model/record.ts';
import type { ServerDetail } from '../../../src/server/api.ts';
import { jobsQuery } from '../api.ts';
import { formatAgo, formatCount, formatDay, formatPart, formatSeconds, formatTime, isMetricKey } from '../format.ts';
import { MissingValue } from '../parts/missing-value.tsx';
import { EmptyNotice } from '../parts/notices.tsx';
import { text } from '../text.ts';
import { jobAt } from './job-at.ts';
import { samplesOf } from './samples.ts';

/** Where each value comes from, in the cloud's own words: its metric, how it was asked for, how much came, when and by which run. */
export function SourcesTab({ server: { record } }: { server: ServerDetail }) {
  const info = record.data.monitoring_info;
  if (info === undefined) {
    return (
      <EmptyNotice title={text.sourcesTab.none}>
        <p>{text.sourcesTab.noneFix}</p>
      </EmptyNotice>
    );
  }
  const lines = Object.entries(info.metrics).flatMap(([key, one]) => (isMetricKey(key) ? [{ key, info: one }] : []));
  const { window } = info;
  const lastDay = new Date(Date.parse(window.end) - 1).toISOString();
  return (
    <section className="panel">
      <header>
        <h2>{text.sourcesTab.title}</h2>
      </header>
      <p className="summary">
        {text.sourcesTab.window(formatDay(window.start), formatDay(lastDay))} · <Collected at={info.collected_at} />
      </p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <div className="table-scroll" tabIndex={0}>
        <table aria-label={text.sourcesTab.title}>
          <thead>
            <tr>
              {text.sourcesTab.columns.map((column) => (
                <th key={column} scope="col">
                  {column}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {lines.map(({ key, info: one }) => (
              <SourceLine key={key} metric={key} info={one} window={window} values={valuesOf(record.data, key)} />
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

interface SourceLineProps {
  readonly metric: MetricKey;
  readonly info: MetricInfo;
  readonly window: MonitoringInfo['window'];
  readonly values: Values;
}

function SourceLine({ metric, info, window, values }: SourceLineProps) {
  return (
    <tr>
      <th scope="row">{text.metrics[metric]}</th>
      {'missing' in info ? (
        <td colSpan={5}>
          <MissingValue reason={info.missing} />
        </td>
      ) : (
        <>
          <td>
            <code>{info.source}</code>
          </td>
          <td>{Object.keys(values).join(', ')}</td>
          <td>
            {info.period === 0 ? text.source.constant : formatSeconds(info.period)}
            {info.resolution !== undefined && ` · ${text.source.resolution(formatSeconds(info.resolution))}`}
          </td>
          <td>{samplesSaid(info, window)}</td>
          <td>{info.incomplete === undefined ? '' : text.source.incomplete(text.missing[info.incomplete].short)}</td>
        </>
      )}
    </tr>
  );
}

function samplesSaid(info: MeasuredInfo, window: MonitoringInfo['window']): string {
  const samples = samplesOf(info, window);
  if (samples === undefined) return '–';
  const said = text.sourcesTab.samples(formatCount(samples.got), formatCount(samples.expected));
  return `${said} · ${formatPart(info.coverage)}`;
}

/** When the values were collected, and by which run where the newest runs tell. */
function Collected({ at }: { at: string }) {
  const jobs = useQuery(jobsQuery(undefined)).data?.data;
  const job = jobs && jobAt(jobs, at);
  return (
    <>
      {text.server.collected}{' '}
      <time dateTime={at} title={formatTime(at)}>
        {formatAgo(at)}
      </time>
      {job !== undefined && (
        <>
          {' · '}
          <Link to="/jobs/$id" params={{ id: String(job.id) }}>
            {text.pages.run(job.id)}
          </Link>
        </>
      )}
    </>
  );
}

function valuesOf({ monitoring }: ServerDetail['record']['data'], key: MetricKey): Values {
  const dot = key.indexOf('.');
  return monitoring?.[key.slice(0, dot)]?.[key.slice(dot + 1)] ?? {};
}
