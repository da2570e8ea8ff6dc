import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { Status } from '../../../src/server/api.ts';
import type { ScheduleRow } from '../../../src/server/run-api.ts';
import { schedulesQuery } from '../api.ts';
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
      {last?.finished_at != null && <Collected at={last.finished_at} schedules={schedules} />}
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

function Collected({ at, schedules }: { at: string; schedules: readonly ScheduleRow[] }) {
  const said = text.fleet.collected(formatAgo(at));
  return (
    <time dateTime={at} title={formatTime(at)}>
      {isOverdue(at, schedules, Date.now()) ? <Mark tone="warn" word={`${said} · ${text.fleet.overdue}`} /> : said}
    </time>
  );
}
