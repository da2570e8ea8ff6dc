import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { Status } from '../../../src/server/api.ts';
import type { ScheduleRow } from '../../../src/server/run-api.ts';
import { schedulesQuery, statusQuery } from '../api.ts';
import { formatAgo, formatTime } from '../format.ts';
import { Mark } from '../parts/state-mark.tsx';
import { useMay } from '../session/session.ts';
import { text } from '../text.ts';
import { isOverdue, nextRunOf } from './next-run.ts';

/** When the fleet was read, and when it will be read again. */
export function Freshness({ status: { last_job: last } }: { status: Status }) {
  const schedules = useQuery(schedulesQuery).data?.data ?? [];
  const mayRun = useMay('operator');
  const next = nextRunOf(schedules);
  return (
    <p className="freshness">
      {last?.finished_at != null && (
        <Collected at={last.finished_at} schedules={schedules} say={text.fleet.collected} />
      )}
      {next !== undefined && (
        <Link to="/jobs/schedules" title={formatTime(next)}>
          {text.fleet.next(formatAgo(next))}
        </Link>
      )}
      {mayRun && (
        <Link className="button" to="/jobs/new">
          {text.collect.now}
        </Link>
      )}
    </p>
  );
}

/** Of a list: how old what it shows is. */
export function UpdatedAgo() {
  const status = useQuery(statusQuery).data?.data;
  const schedules = useQuery(schedulesQuery).data?.data ?? [];
  const at = status?.last_job?.finished_at;
  if (at == null) return null;
  return (
    <p className="grid-age">
      <Collected at={at} schedules={schedules} say={text.fleet.updated} />
    </p>
  );
}

interface CollectedProps {
  readonly at: string;
  readonly schedules: readonly ScheduleRow[];
  readonly say: (ago: string) => string;
}

function Collected({ at, schedules, say }: CollectedProps) {
  const said = say(formatAgo(at));
  return (
    <time dateTime={at} title={formatTime(at)}>
      {isOverdue(at, schedules, Date.now()) ? <Mark tone="warn" word={`${said} · ${text.fleet.overdue}`} /> : said}
    </time>
  );
}
