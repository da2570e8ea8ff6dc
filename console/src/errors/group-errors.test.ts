import { expect, it } from 'vitest';
import type { TaskProblem } from '../../../src/server/api.ts';
import { groupErrors } from './group-errors.ts';

const denied = { code: 'access_denied', message: 'GetMetricData: denied' } as const;
const slow = { code: 'rate_limited', message: 'Throttling' } as const;

const problem = (job: number, given: Partial<TaskProblem>): TaskProblem => ({
  task: job * 10,
  job,
  provider: 'aws',
  account: '1',
  region: 'eu-west-1',
  state: 'FAILURE',
  finished_at: `2026-11-0${job}T00:00:00.000Z`,
  error: null,
  failures: [],
  ...given,
});

it('puts one cause of one place together, over the runs that met it', () => {
  const groups = groupErrors([
    problem(3, { error: denied }),
    problem(2, { error: denied }),
    problem(1, { error: denied }),
  ]);
  expect(groups).toEqual([
    {
      account: '1',
      region: 'eu-west-1',
      error: denied,
      jobs: [3, 2, 1],
      servers: null,
      since: '2026-11-01T00:00:00.000Z',
      last: '2026-11-03T00:00:00.000Z',
    },
  ]);
});

it('keeps places and causes apart', () => {
  const groups = groupErrors([
    problem(3, { error: denied, failures: [{ reason: 'throttled', count: 7, error: slow }] }),
    problem(3, { region: 'us-east-1', error: denied }),
  ]);
  expect(groups.map(({ region, error, servers }) => [region, error.code, servers])).toEqual([
    ['eu-west-1', 'access_denied', null],
    ['eu-west-1', 'rate_limited', 7],
    ['us-east-1', 'access_denied', null],
  ]);
});
