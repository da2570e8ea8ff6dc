import { describe, expect, it } from 'vitest';
import type { InventoryRecord } from '#model/record.ts';
import { server } from '../testing/servers.ts';
import { fits } from './fits.ts';
import { conditionOfText, metricPath } from './text.ts';

const web: InventoryRecord = server('i-0abc', {
  name: 'web-prod-1',
  tags: { env: 'prod', 'team name': 'pay ments' },
  data: {
    compute: { instance_state: 'RUNNING' },
    hardware: { core: 4 },
    monitoring: {
      cpu: { utilization: { avg: 4, max: 60, p95: 12 } },
      network: { received_throughput: { avg: 2_000_000, max: 3_000_000 } },
    },
  },
});

const holds = (query: string) =>
  fits(conditionOfText(query), { ...JSON.parse(JSON.stringify(web)), record_state: 'RUNNING' });

describe('a typed query', () => {
  it.each([
    '',
    'provider:aws',
    'provider:azure,aws region:eu-west-1',
    'web',
    '0AB',
    'name:~PROD',
    '-account:sandbox',
    'tag.env:prod',
    'tag.team:none',
    'tag."team name":"pay ments" -"nothing like it"',
    'cpu:<5',
    'cpu.p95:10..20 cpu.max:>=60%',
    'cpu.utilization.max:60',
    'mem:none',
    'net.in:>1.5M',
    'vcpus:4',
    'state:RUNNING type:m7i.large',
  ])('%j holds', (query) => {
    expect(holds(query)).toBe(true);
  });

  it.each(['provider:azure', 'webx', 'cpu:none', 'cpu:>5', 'cpu.p99:<100', '-web', 'mem:<5', 'vcpus:>4', 'name:web'])(
    '%j does not',
    (query) => {
      expect(holds(query)).toBe(false);
    },
  );

  it.each([
    ['colour:red', "there is no field 'colour'"],
    ['cpu:low', 'is no number'],
    ['cpu:<', 'is no number'],
    ['cpu:5..x', 'is no number'],
    ['provider:,', 'a value is missing'],
    ['name:"web', 'a quotation mark is not closed'],
  ])('%j is refused', (query, message) => {
    expect(() => conditionOfText(query)).toThrow(message);
  });
});

it.each(['__proto__', 'constructor', 'toString'])('knows no field by the inherited name %s', (name) => {
  expect(() => conditionOfText(`${name}:x`)).toThrow(expect.objectContaining({ code: 'invalid_query' }));
  expect(metricPath(name)).toBeUndefined();
});
