import type { ReactNode } from 'react';
import type { TaskRow } from '../../../src/server/api.ts';
import { text } from '../text.ts';
import { problemsFirst } from './task-groups.ts';
import { TaskLine } from './task-line.tsx';
import { TaskProblem } from './task-problem.tsx';

interface TaskGroupsProps {
  readonly tasks: readonly TaskRow[];
  readonly isOpen?: boolean;
  /** The run, where what failed of it can be done again. */
  readonly retryIn?: number;
}

/** Failures above all, what succeeded folded away. */
export function TaskGroups({ tasks, isOpen = false, ...retry }: TaskGroupsProps) {
  const { problems, active, waiting, canceled, succeeded } = problemsFirst(tasks);
  return (
    <>
      <TaskGroup title={text.runs.failures} className="problems" count={problems.length}>
        {problems.map((task) => (
          <TaskProblem key={task.id} task={task} {...retry} />
        ))}
      </TaskGroup>
      <TaskGroup title={text.runs.active} count={active.length}>
        {linesOf(active)}
      </TaskGroup>
      <TaskGroup title={text.runs.waiting} count={waiting.length}>
        {linesOf(waiting)}
      </TaskGroup>
      <TaskGroup title={text.runs.canceled} count={canceled.length}>
        {linesOf(canceled)}
      </TaskGroup>
      {succeeded.length > 0 && (
        <details className="task-group" open={isOpen}>
          <summary>{text.runs.succeeded(succeeded.length)}</summary>
          <ul className="tasks">{linesOf(succeeded)}</ul>
        </details>
      )}
    </>
  );
}

interface TaskGroupProps {
  readonly title: string;
  readonly className?: string;
  readonly count: number;
  readonly children: ReactNode;
}

function TaskGroup({ title, className = '', count, children }: TaskGroupProps) {
  if (count === 0) return null;
  return (
    <div className={`task-group ${className}`}>
      <h3>
        {title} <small>{count}</small>
      </h3>
      <ul className="tasks">{children}</ul>
    </div>
  );
}

function linesOf(tasks: readonly TaskRow[]): ReactNode {
  return tasks.map((task) => (
    <li key={task.id}>
      <TaskLine task={task} />
    </li>
  ));
}
