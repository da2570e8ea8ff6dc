import { expect, it } from 'vitest';
import { tallyOf } from './problem-tally.ts';

type Task = Parameters<typeof tallyOf>[0]['tasks'][number];

const task = (more: Partial<Task>): Task => ({ state: 'SUCCESS', error: null, failures: [], ...more });
const line = (throttled: number) => ({ throttled });
const denied = { code: 'access_denied', message: 'no' } as const;

it('counts a region once, whatever was refused in it, and all calls that were throttled', () => {
  const tasks = [
    task({ error: denied, failures: [{ reason: 'denied', count: 2, error: denied }] }),
    task({ failures: [{ reason: 'denied', count: 1, error: { code: 'secret_rejected', message: 'no' } }] }),
    task({ error: { code: 'timeout', message: 'late' } }),
    task({}),
  ];
  const told = { job: { state: 'PARTIAL' }, tasks, ledger: [line(3), line(0), line(4)] } as const;
  expect(tallyOf(told)).toMatchObject({ denied: 2, throttledCalls: 7 });
});

it.each([
  { state: 'RUNNING', notWhole: 3 },
  { state: 'PARTIAL', notWhole: 6 },
  { state: 'CANCELED', notWhole: 6 },
  { state: 'INTERRUPTED', notWhole: 6 },
] as const)('counts what a run that is $state has not read: $notWhole', ({ state, notWhole }) => {
  const tasks = [
    task({ state: 'FAILURE', error: denied }),
    task({ state: 'PARTIAL' }),
    task({ state: 'RUNNING', failures: [{ reason: 'denied', count: 1, error: denied }] }),
    task({ state: 'RUNNING' }),
    task({ state: 'PENDING' }),
    task({ state: 'CANCELED' }),
    task({}),
  ];
  expect(tallyOf({ job: { state }, tasks, ledger: [] }).notWhole).toBe(notWhole);
});
