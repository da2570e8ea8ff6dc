import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { FormEvent } from 'react';
import type { ScheduleBody, ScheduleRow } from '../../../src/server/run-api.ts';
import { schedulesQuery, send } from '../api.ts';
import { formatAgo, formatCount, formatTime, formatUsd } from '../format.ts';
import { Answer } from '../parts/answer.tsx';
import { EmptyNotice } from '../parts/notices.tsx';
import { usePageTitle } from '../parts/page-title.ts';
import { useMay } from '../session/session.ts';
import { ConfirmButton } from '../settings/confirm-button.tsx';
import { Problem } from '../settings/problem.tsx';
import { text } from '../text.ts';

/** Runs that begin by themselves. */
export function SchedulesPage() {
  usePageTitle(text.schedules.title);
  const schedules = useQuery(schedulesQuery);
  const mayRun = useMay('operator') && schedules.data?.meta.demo === false;
  return (
    <div className="accounts">
      <header className="page-head">
        <h1>{text.schedules.title}</h1>
      </header>
      {mayRun && <AddSchedule />}
      <Answer asked={schedules} rows={3}>
        {({ data }) =>
          data.length === 0 ? (
            <EmptyNotice title={text.schedules.none}>
              <p>{text.schedules.noneNote}</p>
              <code>fleetgauge schedule add nightly --hours 3 --max-cost 1</code>
            </EmptyNotice>
          ) : (
            <ScheduleTable schedules={data} mayRemove={mayRun} />
          )
        }
      </Answer>
    </div>
  );
}

function AddSchedule() {
  const queries = useQueryClient();
  const add = useMutation({
    mutationFn: (body: ScheduleBody) => send<ScheduleRow>('POST', '/schedules', body),
    onSuccess: () => queries.invalidateQueries({ queryKey: schedulesQuery.queryKey }),
  });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (add.isPending) return;
    const given = new FormData(event.currentTarget);
    add.mutate({
      name: String(given.get('name')),
      times: { hours: [Number(given.get('hour'))] },
      time_zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
      max_cost: Number(given.get('most')),
    });
  };
  return (
    <section className="panel" aria-label={text.schedules.add}>
      <header>
        <h2>{text.schedules.add}</h2>
      </header>
      <form className="form in-line" onSubmit={submit}>
        <label>
          <span className="filter-name">{text.schedules.name}</span>
          <input name="name" required maxLength={100} />
        </label>
        <label>
          <span className="filter-name">{text.schedules.hour}</span>
          <select name="hour" defaultValue={3}>
            {Array.from({ length: 24 }, (_, hour) => (
              <option key={hour} value={hour}>
                {`${String(hour).padStart(2, '0')}:00`}
              </option>
            ))}
          </select>
        </label>
        <label>
          <span className="filter-name">{text.schedules.most}</span>
          <input name="most" type="number" min="0.01" step="0.01" defaultValue="1" required />
        </label>
        <button type="submit" aria-disabled={add.isPending}>
          {text.schedules.add}
        </button>
      </form>
      <Problem error={add.error} />
    </section>
  );
}

const columns = ['name', 'times', 'next', 'last', 'most', 'trouble'] as const;

function ScheduleTable({ schedules, mayRemove }: { schedules: readonly ScheduleRow[]; mayRemove: boolean }) {
  const queries = useQueryClient();
  const remove = useMutation({
    mutationFn: (name: string) => send<{ name: string }>('DELETE', `/schedules/${encodeURIComponent(name)}`),
    onSettled: () => queries.invalidateQueries({ queryKey: schedulesQuery.queryKey }),
  });
  return (
    <>
      <Problem error={remove.error} />
      <section className="table-scroll" aria-label={text.schedules.title}>
        <table>
          <thead>
            <tr>
              {columns.map((column) => (
                <th key={column} scope="col">
                  {text.schedules[column]}
                </th>
              ))}
              {mayRemove && <td />}
            </tr>
          </thead>
          <tbody>
            {schedules.map((schedule) => (
              <tr key={schedule.name}>
                <th scope="row">
                  {schedule.name}
                  {schedule.selection !== null && (
                    <>
                      {' '}
                      <SelectionOf {...schedule.selection} />
                    </>
                  )}
                </th>
                <td>
                  {'cron' in schedule.times
                    ? schedule.times.cron
                    : schedule.times.hours.map((hour) => `${String(hour).padStart(2, '0')}:00`).join(' ')}{' '}
                  <small>{schedule.time_zone}</small>
                </td>
                <td>{schedule.next_at === null ? text.settings.never : formatTime(schedule.next_at)}</td>
                <td>
                  {schedule.last_at === null ? text.settings.never : formatAgo(schedule.last_at)}{' '}
                  {schedule.last_job !== null && (
                    <Link to="/jobs/$id" params={{ id: String(schedule.last_job) }}>
                      #{schedule.last_job}
                    </Link>
                  )}
                </td>
                <td>{schedule.max_cost === null ? '–' : formatUsd(schedule.max_cost)}</td>
                <td>{schedule.error?.message ?? '–'}</td>
                {mayRemove && (
                  <td className="row-actions">
                    <ConfirmButton
                      label={text.accounts.remove}
                      fullLabel={text.schedules.removeOf(schedule.name)}
                      question={text.schedules.removeAsk(schedule.name)}
                      note={text.schedules.removeNote}
                      onConfirm={() => remove.mutate(schedule.name)}
                    />
                  </td>
                )}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </>
  );
}

function SelectionOf({ servers, filter }: NonNullable<ScheduleRow['selection']>) {
  return servers === null ? <code>{filter}</code> : <small>{text.collect.limited(formatCount(servers))}</small>;
}
