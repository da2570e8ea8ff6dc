import { Link, useLocation } from '@tanstack/react-router';
import type { JobSummary, Status, TimeWindow } from '../../../src/server/api.ts';
import { formatDay, formatPart } from '../format.ts';
import { KeyHelp } from '../keys/key-help.tsx';
import { isSection } from '../settings/sections.ts';
import { text } from '../text.ts';

export function TopBar({ status }: { status: Status | undefined }) {
  return (
    <header className="top-bar">
      <Breadcrumb />
      {status?.running && <RunPill job={status.running} />}
      {status?.window && <WindowChip window={status.window} />}
      <KeyHelp />
    </header>
  );
}

function Breadcrumb() {
  const path = useLocation({ select: (location) => location.pathname });
  const [section, id] = path.split('/').filter((part) => part !== '');
  return (
    <nav aria-label={text.frame.breadcrumb} className="breadcrumb">
      {section === undefined && <span aria-current="page">{text.pages.overview}</span>}
      {section === 'servers' && <Crumb to="/servers" label={text.pages.servers} isPage={id === undefined} />}
      {section === 'rightsizing' && (
        <Crumb to="/rightsizing" label={text.rightsizing.title} isPage={id === undefined} />
      )}
      {section === 'jobs' && <Crumb to="/jobs" label={text.pages.runs} isPage={id === undefined} />}
      {section === 'errors' && <span aria-current="page">{text.errors.title}</span>}
      {section === 'accounts' && <Crumb to="/accounts" label={text.accounts.title} isPage={id === undefined} />}
      {section === 'settings' && <Crumb to="/settings" label={text.pages.settings} isPage={id === undefined} />}
      {id !== undefined && (
        <span aria-current="page">
          {section === 'accounts' || section === 'jobs'
            ? (namedPages[`${section}/${id}`] ?? `#${id}`)
            : section === 'settings' && isSection(id)
              ? text.settings.sections[id]
              : section === 'rightsizing'
                ? text.rightsizing.policyTitle
                : `#${id}`}
        </span>
      )}
    </nav>
  );
}

const namedPages: Readonly<Record<string, string>> = {
  'accounts/new': text.connect.title,
  'jobs/new': text.collect.title,
  'jobs/schedules': text.schedules.title,
};

function Crumb({
  to,
  label,
  isPage,
}: {
  to: '/servers' | '/rightsizing' | '/jobs' | '/accounts' | '/settings';
  label: string;
  isPage: boolean;
}) {
  return isPage ? <span aria-current="page">{label}</span> : <Link to={to}>{label}</Link>;
}

function RunPill({ job }: { job: JobSummary }) {
  const part = job.planned.calls === 0 ? 0 : Math.min(1, job.spent.calls / job.planned.calls);
  return (
    <Link to="/jobs/$id" params={{ id: String(job.id) }} className="run-pill">
      <i className="pulse" aria-hidden="true" />
      {text.frame.running(job.id, formatPart(part))}
    </Link>
  );
}

/** The end of a window is the first moment that is not in it. */
function WindowChip({ window: { start, end } }: { window: TimeWindow }) {
  const lastDay = new Date(Date.parse(end) - 1).toISOString();
  const days = Math.round((Date.parse(end) - Date.parse(start)) / 86_400_000);
  return (
    <p className="window-chip" title={text.frame.window}>
      <span className="unseen">{text.frame.window}: </span>
      <b>{text.history.lastDays(days)}</b> {formatDay(start)} – {formatDay(lastDay)}
    </p>
  );
}
