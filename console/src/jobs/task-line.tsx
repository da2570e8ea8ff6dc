import type { TaskRow } from '../../../src/server/api.ts';
import { formatCount } from '../format.ts';
import { ShareBar } from '../parts/gauge.tsx';
import { TaskStateMark } from '../parts/state-mark.tsx';

export function TaskLine({ task }: { task: TaskRow }) {
  const { account, region, state, planned_servers: planned, done_servers: done } = task;
  return (
    <div className="task-line">
      <TaskStateMark state={state} />
      <span className="place">
        {account} <b>{region}</b>
      </span>
      <ShareBar part={planned === 0 ? (state === 'SUCCESS' ? 1 : 0) : done / planned} />
      <span className="number">
        {formatCount(done)} / {formatCount(planned)}
      </span>
    </div>
  );
}
