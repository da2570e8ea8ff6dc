import type { ReactNode } from 'react';
import type { TaskRow } from '../../../src/server/api.ts';
import { formatCount, formatMs } from '../format.ts';
import { ShareBar } from '../parts/gauge.tsx';
import { Mark, TaskStateMark } from '../parts/state-mark.tsx';
import { text } from '../text.ts';
import { busyWith } from './busy-with.ts';
import { statusOf } from './task-status.ts';

/** @param children what can be done about it */
export function TaskLine({ task, children }: { task: TaskRow; children?: ReactNode }) {
  const { account, region, state, planned_servers: planned, done_servers: done, spent } = task;
  const busy = busyWith(task);
  const facts = [
    ...(busy === undefined ? [] : [text.run.busyFor(text.run.phases[busy.phase], formatMs(busy.ms))]),
    ...(spent.calls === 0 ? [] : [text.run.callsMade(formatCount(spent.calls))]),
  ];
  return (
    <div className="task-line">
      {statusOf(task) === 'throttled' ? (
        <Mark tone="warn" word={text.run.statuses.throttled} />
      ) : (
        <TaskStateMark state={state} />
      )}
      <span className="place">
        {account} <b>{region}</b>
        {facts.length > 0 && <small>{facts.join(' · ')}</small>}
      </span>
      <ShareBar part={planned === 0 ? (state === 'SUCCESS' ? 1 : 0) : done / planned} />
      <span className="number">
        {formatCount(done)} / {formatCount(planned)}
      </span>
      {children}
    </div>
  );
}
