import { expect, it } from 'vitest';
import { tallyOf } from './problem-tally.ts';

type Task = Parameters<typeof tallyOf>[0]['tasks'][number];

const task = (more: Partial<Task>): Task => ({ error: null, failures: [], ...more });
const line = (throttled: number) => ({ throttled });

it('counts a region once, whatever was refused in it, and all calls that were throttled', () => {
  const denied = { code: 'access_denied', message: 'no' } as const;
  const tasks = [
    task({ error: denied, failures: [{ reason: 'denied', count: 2, error: denied }] }),
    task({ failures: [{ reason: 'denied', count: 1, error: { code: 'secret_rejected', message: 'no' } }] }),
    task({ error: { code: 'timeout', message: 'late' } }),
    task({}),
  ];
  expect(tallyOf({ tasks, ledger: [line(3), line(0), line(4)] })).toEqual({ denied: 2, throttledCalls: 7 });
});
