import { getRouteApi } from '@tanstack/react-router';
import type { JobDetail, JobSummary } from '../../../src/server/api.ts';
import { formatClock, formatCount, formatMs, formatTime } from '../format.ts';
import { text } from '../text.ts';
import { eventsOf, type RunEvent } from './run-events.ts';
import { fits, runFilter } from './run-filter.ts';
import { RunFilterField } from './run-filter-field.tsx';

const route = getRouteApi('/jobs/$id');
const mostEvents = 400;

/** What happened when, newest first. */
export function RunEvents({ detail }: { detail: JobDetail }) {
  const { q = '' } = route.useSearch();
  const filter = runFilter(q);
  const all = eventsOf(detail);
  const found = all.filter((event) => fits(filter, filteredBy(event, detail)));
  const shown = found.slice(0, mostEvents);
  return (
    <section className="panel">
      <header>
        <h2>{text.run.events}</h2>
        <RunFilterField hint={text.run.eventHint} shown={found.length} all={all.length} />
      </header>
      {shown.length === 0 ? (
        <p className="summary">{all.length === 0 ? text.run.eventsNone : text.run.nothingFits}</p>
      ) : (
        <EventTable events={shown} detail={detail} />
      )}
      {found.length > shown.length && <p className="summary">{text.run.eventsMore(formatCount(shown.length))}</p>}
    </section>
  );
}

function EventTable({ events, detail }: { events: readonly RunEvent[]; detail: JobDetail }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section className="table-scroll" tabIndex={0} aria-label={text.run.events}>
      <table className="event-table">
        <thead>
          <tr>
            {[text.run.time, text.run.kind, text.run.place, text.run.what].map((label) => (
              <th key={label} scope="col">
                {label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {events.map((event) => (
            <EventLine key={keyOf(event)} event={event} detail={detail} />
          ))}
        </tbody>
      </table>
    </section>
  );
}

function EventLine({ event, detail }: { event: RunEvent; detail: JobDetail }) {
  const { at, kind, task } = event;
  const time = new Date(at).toISOString();
  return (
    <tr className={kind === 'problem' ? 'trouble' : undefined}>
      <td>
        <time dateTime={time} title={formatTime(time)}>
          {formatClock(time)}
        </time>
      </td>
      <td>{text.run.kinds[kind]}</td>
      <td>{task === undefined ? '–' : `${task.account} / ${task.region}`}</td>
      <td className="breakable">{wordsOf(event, detail)}</td>
    </tr>
  );
}

function keyOf(event: RunEvent): string {
  return [event.task?.id, event.what, event.at, event.what === 'problem' ? event.message : ''].join(' ');
}

function wordsOf(event: RunEvent, { job, tasks }: JobDetail): string {
  switch (event.what) {
    case 'began':
      return event.task === undefined ? beganWords(tasks) : text.run.regionBegan;
    case 'ended':
      return endedWords(event, job);
    case 'waited':
      return text.run.waited(text.run.phases[event.phase], formatMs(event.ms));
    case 'problem':
      return event.servers === undefined
        ? event.message
        : `${text.runs.affected(formatCount(event.servers))}: ${event.message}`;
  }
}

function beganWords(tasks: JobDetail['tasks']): string {
  const servers = tasks.reduce((sum, task) => sum + task.planned_servers, 0);
  return text.run.runBegan(formatCount(tasks.length), formatCount(servers));
}

function endedWords({ task }: RunEvent, job: JobSummary): string {
  if (task === undefined) return text.run.runEnded(text.jobStates[job.state]);
  return text.run.regionEnded(text.taskStates[task.state], formatCount(task.done_servers));
}

function filteredBy(event: RunEvent, detail: JobDetail) {
  const { kind, task } = event;
  const place = task === undefined ? {} : { provider: task.provider, account: task.account, region: task.region };
  return { kind, ...place, text: wordsOf(event, detail) };
}
