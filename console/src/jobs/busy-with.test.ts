import { expect, it } from 'vitest';
import type { TaskRow } from '../../../src/server/api.ts';
import { busyWith, heldUpIn } from './busy-with.ts';
import { retriedOf } from './may-retry.ts';

const counts = { servers: 0, created: 0, updated: 0, unchanged: 0, failed: 0 };
const spent = { calls: 0, metrics: 0, points: 0, usd: 0, usd_at_most: 0 };

const task = (id: number, state: TaskRow['state'], phases: TaskRow['phases'] = []): TaskRow => ({
  id,
  provider: 'aws',
  account: 'core',
  region: `r${id % 10}`,
  state,
  counts,
  planned_servers: 4,
  done_servers: 0,
  error: null,
  failures: [],
  spent,
  started_at: null,
  finished_at: null,
  phases,
});

it('tells what a running region was busy with last, and for how long', () => {
  const phases: TaskRow['phases'] = [
    ['discovery', 1000, 3000],
    ['retry', 3000, 7000],
  ];
  expect(busyWith(task(1, 'RUNNING', phases))).toEqual({ phase: 'retry', ms: 4000 });
  expect(busyWith(task(1, 'RUNNING'))).toBeUndefined();
  expect(busyWith(task(1, 'PARTIAL', phases))).toBeUndefined();
});

it('names each region once where one of its accounts waits for the cloud', () => {
  const waits: TaskRow['phases'] = [['quota', 0, 9]];
  const tasks = [
    task(1, 'RUNNING', waits),
    task(11, 'RUNNING', waits),
    task(2, 'RUNNING', [...waits, ['metrics', 9, 12]]),
    task(3, 'PENDING'),
    task(4, 'FAILURE', waits),
  ];
  expect(heldUpIn(tasks)).toEqual(['r1']);
});

it('does again all that is not done, however many there are', () => {
  const failed = Array.from({ length: 1500 }, (_, id) => task(id, id % 2 === 0 ? 'FAILURE' : 'PARTIAL'));
  const others = [task(9001, 'SUCCESS'), task(9002, 'CANCELED'), task(9003, 'PENDING')];
  expect(retriedOf([...failed, ...others])).toEqual([...failed.map(({ id }) => id), 9002, 9003]);
});
