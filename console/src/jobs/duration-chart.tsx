import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { type KeyboardEvent, useState } from 'react';
import type { JobDuration } from '../../../src/server/job-duration-routes.ts';
import { jobDurationsQuery } from '../api.ts';
import { formatAgo, formatCount, formatMs, formatTime, formatUsd } from '../format.ts';
import { ChartOrTable } from '../parts/chart-or-table.tsx';
import { JobStateMark, JobStateShape } from '../parts/state-mark.tsx';
import { text } from '../text.ts';

/** A dot a run: its shape tells how it ended. */
export function DurationChart() {
  const runs = useQuery(jobDurationsQuery).data?.data ?? [];
  if (runs.length === 0) return null;
  return (
    <ChartOrTable
      title={text.run.durations}
      summary={sentence(runs)}
      chart={<Dots runs={runs} />}
      table={<DurationTable runs={runs} />}
    />
  );
}

function sentence(runs: readonly JobDuration[]): string {
  const ended = runs.filter(({ state }) => state !== 'RUNNING').map(({ seconds }) => seconds);
  const sorted = ended.toSorted((a, b) => a - b);
  const [median, longest] = [sorted[Math.floor((sorted.length - 1) / 2)], sorted.at(-1)];
  if (median === undefined || longest === undefined) return text.run.durationsNone;
  return text.run.durationsSummary(formatCount(ended.length), formatMs(median * 1000), formatMs(longest * 1000));
}

/** Where there are few runs, they stand close to each other and not at the far ends. */
const leastColumns = 24;

function Dots({ runs }: { runs: readonly JobDuration[] }) {
  const navigate = useNavigate();
  const [chosen, setChosen] = useState(runs.length - 1);
  const at = Math.min(chosen, runs.length - 1);
  const longest = Math.max(...runs.map(({ seconds }) => seconds), 1);
  const columns = Math.max(leastColumns, runs.length);
  const onKey = (event: KeyboardEvent) => {
    const next = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: runs.length - 1 }[event.key];
    const run = runs[at];
    if (next !== undefined) setChosen(Math.min(runs.length - 1, Math.max(0, next)));
    else if (event.key === 'Enter' && run !== undefined)
      void navigate({ to: '/jobs/$id', params: { id: String(run.id) } });
    else return;
    event.preventDefault();
  };
  const run = runs[at];
  return (
    <figure className="durations">
      <div className="durations-axis" aria-hidden="true">
        <span>{text.run.minutes(minutesOf(longest))}</span>
        <span>0</span>
      </div>
      <div
        className="durations-plot"
        role="img"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: arrow keys choose a run
        tabIndex={0}
        aria-label={`${text.run.durations}. ${text.run.durationsKeys}`}
        onKeyDown={onKey}
      >
        {runs.map(({ id, state, seconds }, index) => (
          <span
            key={id}
            className={index === at ? 'dot chosen' : 'dot'}
            style={{ left: `${((index + 0.5) / columns) * 100}%`, bottom: `${(seconds / longest) * 100}%` }}
            onPointerEnter={() => setChosen(index)}
          >
            <JobStateShape state={state} />
          </span>
        ))}
      </div>
      <figcaption>
        {run !== undefined && (
          <>
            <Link to="/jobs/$id" params={{ id: String(run.id) }}>
              {text.pages.run(run.id)}
            </Link>{' '}
            <JobStateMark state={run.state} /> {formatMs(run.seconds * 1000)} · {formatAgo(run.started_at)} ·{' '}
            {formatUsd(run.usd)}
          </>
        )}
      </figcaption>
    </figure>
  );
}

function minutesOf(seconds: number): string {
  const minutes = seconds / 60;
  return minutes < 1 ? minutes.toFixed(2) : formatCount(Math.round(minutes * 10) / 10);
}

function DurationTable({ runs }: { runs: readonly JobDuration[] }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section className="table-scroll durations-table" tabIndex={0} aria-label={text.run.durations}>
      <table>
        <thead>
          <tr>
            <th scope="col">{text.runs.id}</th>
            <th scope="col">{text.runs.state}</th>
            <th scope="col">{text.runs.started}</th>
            {[text.run.duration, text.runs.servers, text.runs.spent].map((label) => (
              <th key={label} scope="col" className="number">
                {label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {runs.toReversed().map(({ id, state, started_at, seconds, servers, usd }) => (
            <tr key={id}>
              <th scope="row">
                <Link to="/jobs/$id" params={{ id: String(id) }}>
                  #{id}
                </Link>
              </th>
              <td>
                <JobStateMark state={state} />
              </td>
              <td>{formatTime(started_at)}</td>
              <td className="number">{formatMs(seconds * 1000)}</td>
              <td className="number">{formatCount(servers)}</td>
              <td className="number">{formatUsd(usd)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
