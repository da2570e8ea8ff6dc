import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '#wire/struct/json.ts';
import { failure, testNow } from '../calls.fixture.ts';
import { compileFilter } from './filter.ts';

const row: JsonObject = {
  name: 'web-1',
  size: 4,
  missing: null,
  ips: ['10.0.0.1', '10.0.0.2'],
  disks: [{ device: 'sda', size: 8 }, { device: 'sdb' }],
  empty: [],
  created_at: '2026-11-18T11:00:00Z',
  tags: { aws: { 'cost.center': 'pay' } },
};

const compile = (key: string, operator: string, value: Json) =>
  compileFilter([{ key, operator, value }], [], { now: testNow, tagDepth: 2 });

describe('a condition', () => {
  it.each<[key: string, operator: string, value: Json, holds: boolean]>([
    ['name', 'eq', 'web-1', true],
    ['name', 'eq', 'web', false],
    ['ips', 'eq', '10.0.0.2', true],
    ['disks.device', 'eq', 'sdb', true],
    ['nowhere', 'eq', null, true],
    ['missing', 'eq', null, true],
    ['name', 'eq', null, false],
    ['name', 'not', 'web-1', false],
    ['nowhere', 'not', 'web-1', true],
    ['size', 'lt', 5, true],
    ['size', 'lt', '5', false],
    ['size', 'gte', 4, true],
    ['disks.size', 'gt', 7, true],
    ['empty', 'exists', true, true],
    ['nowhere', 'exists', false, true],
    ['name', 'contain', 'WEB', true],
    ['name', 'not_contain', 'eb', false],
    ['name', 'in', ['web-1', 'x'], true],
    ['ips', 'in', ['10.0.0.1'], true],
    ['name', 'in', [], false],
    ['name', 'not_in', ['web-1'], false],
    ['nowhere', 'not_in', ['web-1'], true],
    ['name', 'contain_in', ['x', 'B-'], true],
    ['name', 'not_contain_in', ['web', 'x'], true],
    ['name', 'not_contain_in', ['web', 'b-1'], false],
    ['disks', 'match', { device: 'sda', size: 8 }, true],
    ['disks', 'match', { device: 'sda', size: 9 }, false],
    ['name', 'regex', '^WEB-\\d$', true],
    ['name', 'regex_in', ['^x', '1$'], true],
    ['created_at', 'datetime_lt', '2026-11-18T12:00:00Z', true],
    ['created_at', 'datetime_gte', '2026-11-18T12:00:00Z', false],
    ['created_at', 'timediff_gt', 'now-2h', true],
    ['created_at', 'timediff_gt', 'now/d + 11h', false],
    ['created_at', 'timediff_gte', 'now/d + 11h', true],
    ['created_at', 'timediff_gt', 'now/w', true],
    ['created_at', 'timediff_lt', 'now/m', false],
    ['tags.aws.cost.center', 'eq', 'pay', true],
    ['tags.cost.center', 'eq', 'pay', false],
  ])('%s %s %j: %s', (key, operator, value, holds) => {
    expect(compile(key, operator, value)(row)).toBe(holds);
  });

  it.each<[key: string, operator: string, value: Json, platform: string]>([
    ['name', 'eq', ['web-1'], 'ERROR_OPERATOR_VALUE_TYPE'],
    ['name', 'in', 'web-1', 'ERROR_OPERATOR_LIST_VALUE_TYPE'],
    ['name', 'exists', 'yes', 'ERROR_OPERATOR_BOOLEAN_TYPE'],
    ['disks', 'match', 'sda', 'ERROR_OPERATOR_DICT_VALUE_TYPE'],
    ['name', 'like', 'web', 'ERROR_DB_QUERY'],
    ['name', '', 'web', 'ERROR_DB_QUERY'],
    ['', 'eq', 'web', 'ERROR_DB_QUERY'],
    ['name', 'regex', '(', 'ERROR_DB_QUERY'],
    ['created_at', 'datetime_gt', 'yesterday', 'ERROR_DB_QUERY'],
    ['created_at', 'timediff_gt', 'now - 2 fortnights', 'ERROR_DB_QUERY'],
  ])('%s %s %j is refused: %s', async (key, operator, value, platform) => {
    const attempt = async () => compile(key, operator, value);
    expect(await failure(attempt())).toMatchObject({ platform });
  });
});

it('demands every condition of filter, and one of filter_or', () => {
  const condition = (key: string, value: Json) => ({ key, operator: 'eq', value });
  const holds = (filter: Json[], filterOr: Json[]) =>
    compileFilter(
      filter.map((name) => condition('name', name)),
      filterOr.map((size) => condition('size', size)),
      { now: testNow, tagDepth: 2 },
    )(row);
  expect([holds([], []), holds(['web-1'], []), holds(['web-1', 'x'], [])]).toEqual([true, true, false]);
  expect([holds(['web-1'], [1, 4]), holds(['web-1'], [1]), holds(['x'], [4])]).toEqual([true, false, false]);
});
