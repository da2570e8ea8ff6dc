import { expect, it } from 'vitest';
import type { OutsideSourceRow, SourceRow, SourceTest } from '../server/source-api.ts';
import { describeTest, sourceColumns, stripOf } from './source-text.ts';

const row: SourceRow = {
  id: 'aws',
  provider: 'aws',
  name: 'Amazon Web Services',
  api: 'cloudwatch:GetMetricData',
  regions: ['eu-west-1'],
  accounts: 1,
  state: 'not_asked',
  since: null,
  error: null,
  calls: 0,
  failed: 0,
  throttled: 0,
  last_at: null,
  p50_ms: null,
  p95_ms: null,
  quota: null,
  cells: { calls: [], failed: [], throttled: [] },
};
const outside: OutsideSourceRow = {
  id: 'ds-1',
  kind: 'data_source',
  name: 'theirs',
  provider: 'aws',
  state: 'enabled',
  at: '2026-11-22T12:00:00.000Z',
  error: null,
  where: 'grpc://10.0.0.9:50051',
};

const shown = (of: SourceRow | OutsideSourceRow) =>
  Object.fromEntries(sourceColumns.map(({ title, value }) => [title, value(of)]));

it('shows an hour a mark, and an hour without a call as none', () => {
  expect(stripOf([8, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0])).toBe('█·▁');
});

it('shows no number where nobody asked', () => {
  expect(shown(row)).toMatchObject({ STATE: 'not asked', ERRORS: '–', QUOTA: '–', 'P95 MS': '–', CALLS: '0' });
  expect(shown(outside)).toMatchObject({ STATE: 'enabled', CALLS: '–', 'LAST 24H': '–', SINCE: outside.at });
});

it('shows what was asked', () => {
  const asked = { ...row, state: 'failing', calls: 200, failed: 50, throttled: 3, p95_ms: 310, quota: 0.123 } as const;
  expect(shown({ ...asked, error: 'access_denied' })).toMatchObject({
    ERRORS: '25.0 %',
    THROTTLED: '3',
    'P95 MS': '310',
    QUOTA: '12.3 %',
    ERROR: 'access_denied',
  });
});

it('tells of a test what failed, what helps, and what was not called', () => {
  const denied = { code: 'access_denied', message: 'denied', fix: 'allow it' } as const;
  const limited = { code: 'access_denied', message: 'not in these regions', fix: 'raise the limit' } as const;
  const check: SourceTest['accounts'][number]['report']['checks'][number] = {
    api: 'ec2:DescribeInstances',
    calls: 2,
    took_ms: 30,
    failed_in: [],
    error: null,
    grant: null,
  };
  const refused: SourceTest['accounts'][number]['report']['checks'][number] = {
    ...check,
    api: 'ec2:DescribeRegions',
    error: denied,
    failed_in: ['1/eu-west-1'],
  };
  const report = {
    is_ok: false,
    principal: '1',
    usual_name: 'aws-1',
    servers: 0,
    accounts: [
      {
        account: '1',
        name: null,
        regions: [],
        failures: [
          { region: 'eu-west-1', error: denied },
          { region: 'ap-east-1', error: limited },
          { region: 'me-south-1', error: limited },
        ],
      },
    ],
    checks: [check, refused],
    spent: { calls: 0, metrics: 0, points: 0, usd: 0, usd_at_most: 0 },
    expires: null,
    error: denied,
  };
  const test: SourceTest = {
    is_ok: false,
    account_count: 12,
    accounts: [{ name: 'prod', report, not_called: ['cloudwatch:GetMetricData'] }],
  };
  const plain = (text: string) => text;
  expect(describeTest(test, { green: plain, red: plain }).split('\n')).toEqual([
    'prod',
    '  ✓ ec2:DescribeInstances  2 × at most 30 ms',
    '  ✕ ec2:DescribeRegions  denied  (1/eu-west-1)',
    '    fix  allow it',
    '  ✕ not in these regions  (1/ap-east-1, 1/me-south-1)',
    '    fix  raise the limit',
    '  – cloudwatch:GetMetricData  not called, since it bills',
    '– 11 more accounts were not asked',
  ]);
});
