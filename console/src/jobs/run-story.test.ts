import { describe, expect, it } from 'vitest';
import type { JobSummary, TaskRow } from '../../../src/server/api.ts';
import { causesOf } from './run-causes.ts';
import { eventsOf } from './run-events.ts';
import { statusOf } from './task-status.ts';

const counts = { servers: 4, created: 0, updated: 0, unchanged: 4, failed: 0 };
const spent = { calls: 0, metrics: 0, points: 0, usd: 0, usd_at_most: 0 };
const time = (second: number) => new Date(Date.UTC(2026, 10, 18, 12, 0, second)).toISOString();
const ms = (second: number) => Date.parse(time(second));

const task = (id: number, more: Partial<TaskRow> = {}): TaskRow => ({
  id,
  provider: 'aws',
  account: 'core',
  region: `r${id}`,
  state: 'SUCCESS',
  counts,
  planned_servers: 4,
  done_servers: 4,
  error: null,
  failures: [],
  spent,
  started_at: time(1),
  finished_at: time(9),
  phases: [],
  ...more,
});
const job: JobSummary = {
  id: 7,
  state: 'PARTIAL',
  demo: false,
  selection: null,
  counts,
  planned: spent,
  spent,
  started_at: time(0),
  finished_at: time(10),
  heartbeat_at: time(10),
  seconds: 10,
  seconds_left: null,
  metrics_per_second: null,
};
const denied = (region: string) =>
  ({ code: 'access_denied', message: `no way into ${region}`, fix: 'a policy' }) as const;

describe('events', () => {
  it('come newest first, with long waits and what went wrong', () => {
    const failed = task(2, { state: 'FAILURE', error: denied('r2'), finished_at: time(3) });
    const held = task(1, {
      phases: [
        ['quota', ms(2), ms(2) + 999],
        ['retry', ms(4), ms(8)],
      ],
    });
    const events = eventsOf({ job, tasks: [held, failed], ledger: [] });
    expect(events.map(({ kind, what, task }) => [kind, what, task?.id])).toEqual([
      ['run', 'ended', undefined],
      ['region', 'ended', 1],
      ['wait', 'waited', 1],
      ['region', 'ended', 2],
      ['problem', 'problem', 2],
      ['region', 'began', 2],
      ['region', 'began', 1],
      ['run', 'began', undefined],
    ]);
  });

  it('leaves out what has not happened', () => {
    const waiting = task(1, { state: 'PENDING', started_at: null, finished_at: null });
    const running = { ...job, state: 'RUNNING', finished_at: null } as const;
    expect(eventsOf({ job: running, tasks: [waiting], ledger: [] })).toHaveLength(1);
  });
});

describe('causes', () => {
  it('are one where the same words are said of several regions', () => {
    const failures = [{ reason: 'denied', count: 3, error: denied('r3') }];
    const causes = causesOf([
      task(1),
      task(2, { state: 'FAILURE', error: denied('r2') }),
      task(3, { state: 'PARTIAL', failures }),
      task(4, {
        state: 'PARTIAL',
        failures: [{ reason: 'throttled', count: 2, error: { code: 'rate_limited', message: 'slow down' } }],
      }),
    ]);
    expect(causes.map(({ code, tasks, servers }) => [code, tasks.map(({ id }) => id), servers])).toEqual([
      ['access_denied', [2, 3], 3],
      ['rate_limited', [4], 2],
    ]);
  });
});

it('tells that a running region waits for the cloud', () => {
  expect(statusOf(task(1, { state: 'RUNNING', phases: [['quota', 1, 2]] }))).toBe('throttled');
  expect(statusOf(task(1, { state: 'RUNNING', phases: [['metrics', 1, 2]] }))).toBe('running');
  expect(statusOf(task(1, { state: 'SUCCESS', phases: [['quota', 1, 2]] }))).toBe('succeeded');
});
