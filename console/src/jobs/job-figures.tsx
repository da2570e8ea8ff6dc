import type { ReactNode } from 'react';
import type { JobDetail } from '../../../src/server/api.ts';
import { formatCount, formatPart, formatSpan, formatTime, formatUsd } from '../format.ts';
import { ShareBar } from '../parts/gauge.tsx';
import { text } from '../text.ts';
import { heldUpIn } from './busy-with.ts';
import { partDone } from './part-done.ts';

/** How far the run is, what it did, and what it cost, each against its plan. A line that comes and goes keeps its place. */
export function JobFigures({ detail: { job, tasks, ledger } }: { detail: JobDetail }) {
  const planned = tasks.reduce((sum, task) => sum + task.planned_servers, 0);
  const done = tasks.reduce((sum, task) => sum + task.done_servers, 0);
  const ended = tasks.filter((task) => task.state !== 'PENDING' && task.state !== 'RUNNING').length;
  const part = partDone({ tasks });
  const { counts, spent, seconds_left: left, metrics_per_second: rate } = job;
  const held = heldUpIn(tasks);
  const sent = callsOf(ledger);
  return (
    <div className="figures job-figures">
      <Figure title={text.runs.progress} large={formatPart(part)} part={part}>
        {text.runs.serversDone(formatCount(done), formatCount(planned))}
        <br />
        {text.runs.tasksDone(ended, tasks.length)}
        {job.state === 'RUNNING' && (
          <>
            <br />
            <b>{left === null ? text.run.leftUnknown : text.run.left(formatSpan(left))}</b>
          </>
        )}
      </Figure>
      <section className="figure">
        <h2>{text.runs.servers}</h2>
        <dl className="counts">
          {(['created', 'updated', 'unchanged', 'failed'] as const).map((name) => (
            <div key={name} className={name === 'failed' && counts.failed > 0 ? 'bad' : undefined}>
              <dt>{text.runs[name]}</dt>
              <dd>
                <b>{formatCount(counts[name])}</b>
              </dd>
            </div>
          ))}
        </dl>
      </section>
      <Figure title={text.runs.calls} large={formatCount(spent.calls)} part={partOf(spent.calls, job.planned.calls)}>
        {text.runs.ofPlanned(formatCount(job.planned.calls))}
        {spent.calls > job.planned.calls && ` · ${text.runs.moreCalls(formatCount(spent.calls - job.planned.calls))}`}
        {sent !== undefined && (
          <>
            <br />
            {text.run.throttledCalls(formatCount(sent.throttled))} · {text.run.retriedCalls(formatCount(sent.retried))}
          </>
        )}
        {job.state === 'RUNNING' && (
          <em className="held">{held.length === 0 ? '\u00a0' : text.run.heldUp(placesOf(held))}</em>
        )}
      </Figure>
      <Figure title={text.runs.cost} large={formatUsd(spent.usd)} part={partOf(spent.usd, job.planned.usd)}>
        {text.runs.ofPlanned(formatUsd(job.planned.usd))}
        {spent.usd_at_most > spent.usd && ` · ${text.runs.upTo(formatUsd(spent.usd_at_most))}`}
        {spent.usd > job.planned.usd_at_most && <em> {text.runs.overPlan}</em>}
      </Figure>
      <Figure title={text.runs.took} large={formatSpan(job.seconds)}>
        {text.runs.started} {formatTime(job.started_at)}
        {rate !== null && (
          <>
            <br />
            {text.run.rate(formatCount(rate < 10 ? Math.round(rate * 10) / 10 : Math.round(rate)))}
          </>
        )}
      </Figure>
    </div>
  );
}

/** Of the ledger; undefined until something is in it, as a run in its own process writes it once it ends. */
function callsOf(lines: JobDetail['ledger']) {
  if (lines.length === 0) return undefined;
  const sum = (of: 'throttled' | 'retried') => lines.reduce((count, line) => count + line[of], 0);
  return { throttled: sum('throttled'), retried: sum('retried') };
}

/** Regions that are named of those that wait. */
const mostNamed = 3;

function placesOf(regions: readonly string[]): string {
  const more = regions.length - mostNamed;
  return [...regions.slice(0, mostNamed), ...(more > 0 ? [text.runs.more(formatCount(more))] : [])].join(', ');
}

interface FigureProps {
  readonly title: string;
  readonly large: string;
  readonly part?: number;
  readonly children: ReactNode;
}

function Figure({ title, large, part, children }: FigureProps) {
  return (
    <section className="figure">
      <h2>{title}</h2>
      <p className="large">{large}</p>
      {part !== undefined && <ShareBar part={part} />}
      <p>{children}</p>
    </section>
  );
}

function partOf(spent: number, planned: number): number {
  return planned === 0 ? 0 : Math.min(1, spent / planned);
}
