import { expect, it } from 'vitest';
import type { TaskRow } from '../../../src/server/api.ts';
import { problemsFirst } from './task-groups.ts';

const none = { servers: 0, created: 0, updated: 0, unchanged: 0, failed: 0 };
const free = { calls: 0, metrics: 0, points: 0, usd: 0, usd_at_most: 0 };
const refused = { reason: 'denied', count: 1, error: { code: 'access_denied', message: 'refused' } } as const;

function task(id: number, state: TaskRow['state'], failures: TaskRow['failures'] = []): TaskRow {
  const place = { provider: 'aws', account: '1', region: 'eu-west-1' };
  const time = { started_at: null, finished_at: null };
  return {
    id,
    ...place,
    state,
    counts: none,
    planned_servers: 0,
    done_servers: 0,
    error: null,
    failures,
    phases: [],
    spent: free,
    ...time,
  };
}

it('puts failures first, and each task into one group', () => {
  const tasks = [
    task(1, 'SUCCESS'),
    task(2, 'PARTIAL', [refused]),
    task(3, 'RUNNING'),
    task(4, 'RUNNING', [refused]),
    task(5, 'FAILURE'),
    task(6, 'PENDING'),
    task(7, 'CANCELED'),
  ];
  const groups = problemsFirst(tasks);
  expect(groups.problems.map(({ id }) => id)).toEqual([5, 2, 4]);
  expect(groups.active.map(({ id }) => id)).toEqual([3]);
  expect(Object.values(groups).flat()).toHaveLength(tasks.length);
});
