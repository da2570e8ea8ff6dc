import { Link } from '@tanstack/react-router';
import type { JobSummary } from '../../../src/server/api.ts';
import { formatAgo, formatCount, formatUsd } from '../format.ts';
import { JobStateMark } from '../parts/state-mark.tsx';
import { text } from '../text.ts';

export function LastRun({ job }: { job: JobSummary }) {
  const { counts, planned, spent } = job;
  return (
    <section className="figure last-run">
      <h2>{job.state === 'RUNNING' ? text.runs.current : text.runs.last}</h2>
      <p>
        <Link to="/jobs/$id" params={{ id: String(job.id) }}>
          {text.pages.run(job.id)}
        </Link>{' '}
        <JobStateMark state={job.state} /> <small>{formatAgo(job.finished_at ?? job.started_at)}</small>
      </p>
      <dl className="counts">
        <Count label={text.runs.created} value={formatCount(counts.created)} />
        <Count label={text.runs.updated} value={formatCount(counts.updated)} />
        <Count label={text.runs.unchanged} value={formatCount(counts.unchanged)} />
        <Count label={text.runs.failed} value={formatCount(counts.failed)} isBad={counts.failed > 0} />
        <Count label={text.runs.cost} value={formatUsd(spent.usd)} note={text.runs.ofPlanned(formatUsd(planned.usd))} />
      </dl>
    </section>
  );
}

interface CountProps {
  readonly label: string;
  readonly value: string;
  readonly note?: string;
  readonly isBad?: boolean;
}

function Count({ label, value, note, isBad = false }: CountProps) {
  return (
    <div className={isBad ? 'bad' : undefined}>
      <dt>{label}</dt>
      <dd>
        <b>{value}</b> {note !== undefined && <small>{note}</small>}
      </dd>
    </div>
  );
}
