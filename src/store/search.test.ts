import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { InventoryRecord } from '#model/record.ts';
import type { Condition, Json, Path } from './query/condition.ts';
import { fits } from './query/fits.ts';
import { conditionOf, RecordQueryInput } from './query/parse.ts';
import type { Store } from './store.ts';
import { openTestStore } from './testing/open-test-store.ts';
import { measured, server } from './testing/servers.ts';

/** What another collector may have added, in the forms that a path can lead through. */
const odd = (id: string, extra: object): InventoryRecord => server(id, { data: { compute: {}, ...extra } });

const records: readonly InventoryRecord[] = [
  server('a', { name: 'Web-1', tags: { env: 'prod', 'aws:group': 'x' } }),
  server('b', {
    provider: 'azure',
    account: 'sub-1',
    region_code: 'westeurope',
    tags: { 'we"ird': 'prod', $x: 'aws', 'a.b': '' },
  }),
  measured('c', 12.5, 40),
  measured('d', 90),
  odd('e', { nics: [{ ip: '10.0.0.1', open: [80, 443] }, { ip: '10.0.0.2' }] }),
  odd('f', { nics: { ip: '10.0.0.1' }, note: null, flags: [true, false] }),
  odd('g', { nics: [], count: '12', list: ['Alpha', 'beta', 3], nested: { 'a b': 'quo"te' } }),
  odd('h', { count: 12, list: [], size: { a: 1, b: [2] }, note: 'line\nbreak 100%_' }),
];

let store: Store;
let rows: readonly { readonly id: string; readonly record: Json }[];
beforeAll(async () => {
  store = await openTestStore();
  await store.inventory.put(
    records.map((record) => ({ record })),
    1000,
  );
  rows = records.map((record) => ({ id: record.reference.resource_id, record: JSON.parse(JSON.stringify(record)) }));
});
afterAll(() => store.close());

async function found(condition: Condition): Promise<string[]> {
  const { rows } = await store.inventory.search({ condition, sort: [], offset: 0, limit: 100 });
  return rows.map(({ record }) => record.reference.resource_id);
}

const paths: readonly Path[] = [
  ['name'],
  ['provider'],
  ['account'],
  ['data', 'monitoring', 'cpu', 'utilization', 'avg'],
  ['data', 'monitoring', 'memory', 'usage', 'avg'],
  ['data', 'monitoring', 'cpu'],
  ['tags', 'env'],
  ['tags', 'aws:group'],
  ['tags', 'we"ird'],
  ['tags', '$x'],
  ['tags', 'a.b'],
  ['data', 'nics'],
  ['data', 'nics', 'ip'],
  ['data', 'nics', 'open'],
  ['data', 'count'],
  ['data', 'list'],
  ['data', 'flags'],
  ['data', 'note'],
  ['data', 'size'],
  ['data', 'nested', 'a b'],
  ['no', 'such'],
];
const scalar = fc.constantFrom<null | boolean | number | string>(
  ...[null, true, 12, 12.5, 90, 3, 80, '12', 'prod', 'Alpha', 'aws', 'azure', '10.0.0.1', 'quo"te', "'; --", ''],
);
const value: fc.Arbitrary<Json> = fc.oneof(
  scalar,
  fc.constantFrom<Json>({ a: 1, b: [2] }, { b: [2], a: 1 }, [], ['Alpha', 'beta', 3], { ip: '10.0.0.2' }),
);
const text = fc.constantFrom('a', 'WEB', '0.0', '%_', '\n', '"', "'", '\\', 'beta', '.*', '(');
const pattern = fc.constantFrom('^web', 'a$', '0\\.0', '^$', 'b.t', '[0-9]+', 'alpha|prod');
const path = fc.constantFrom(...paths);

const comparison: fc.Arbitrary<Condition> = fc.oneof(
  fc.record({ path, is: fc.constant('equal' as const), value }),
  fc.record({ path, is: fc.constant('one of' as const), values: fc.array(scalar, { maxLength: 4 }) }),
  fc.record({
    path,
    is: fc.constantFrom('<' as const, '<=' as const, '>' as const, '>=' as const),
    value: fc.oneof(fc.constantFrom(3, 12, 50), fc.constantFrom('12', 'b')),
  }),
  fc.record({ path, is: fc.constant('present' as const) }),
  fc.record({ path, is: fc.constant('containing' as const), text }),
  fc.record({ path, is: fc.constant('matching' as const), pattern }),
  fc.record({
    path,
    is: fc.constant('having' as const),
    values: fc.constantFrom({ ip: '10.0.0.1' }, { a: 1 }, { ip: '10.0.0.2', open: null }, {}),
  }),
);
const condition: fc.Arbitrary<Condition> = fc.oneof(
  { weight: 4, arbitrary: comparison },
  { weight: 1, arbitrary: comparison.map((not) => ({ not })) },
  { weight: 1, arbitrary: fc.array(comparison, { maxLength: 3 }).map((all) => ({ all })) },
  { weight: 1, arbitrary: fc.array(comparison, { maxLength: 3 }).map((any) => ({ any })) },
);

describe('a search', () => {
  it('finds what the language means, whatever is asked', () =>
    fc.assert(
      fc.asyncProperty(condition, async (asked) => {
        expect(await found(asked)).toEqual(rows.flatMap(({ id, record }) => (fits(asked, record) ? [id] : [])));
      }),
      { numRuns: 400 },
    ));

  it.each([
    [{ filter: [{ k: 'data.nics.ip', v: '10.0.0.1' }] }, ['e', 'f']],
    [{ filter: [{ k: 'data.nics', v: { ip: '10.0.0.2' }, o: 'match' }] }, ['e']],
    [{ filter: [{ k: 'data.note', v: null }] }, ['a', 'b', 'c', 'd', 'e', 'f', 'g']],
    [{ filter: [{ k: 'tags.env', v: 'prod', o: 'not' }] }, ['b']],
    [
      {
        filter_or: [
          { k: 'provider', v: 'azure' },
          { k: 'name', v: 'web', o: 'contain' },
        ],
      },
      ['a', 'b'],
    ],
    [{ keyword: 'sub-1  web' }, ['a', 'b']],
    [{ filter: [{ k: 'data.list', v: ['alp', 'x'], o: 'contain_in' }] }, ['g']],
    [
      {
        filter: [
          { k: 'created_at', v: '1970-01-01T00:00:01Z', o: 'datetime_lte' },
          { k: 'account', v: '123', o: 'not' },
        ],
      },
      ['b'],
    ],
  ])('of %j', async (input, want) => {
    expect(await found(conditionOf(RecordQueryInput.parse(input), 2000))).toEqual(want);
  });

  it('orders by any path, numbers before texts, what is missing first', async () => {
    const sorted = async (descending: boolean) => {
      const search = {
        condition: { all: [] },
        sort: [{ path: ['data', 'count'] as const, descending }],
        offset: 0,
        limit: 100,
      };
      return (await store.inventory.search(search)).rows.map(({ record }) => record.reference.resource_id);
    };
    expect(await sorted(false)).toEqual(['a', 'b', 'c', 'd', 'e', 'f', 'h', 'g']);
    expect(await sorted(true)).toEqual(['g', 'h', 'a', 'b', 'c', 'd', 'e', 'f']);
  });

  it('pages, and counts all', async () => {
    const sort = [{ path: ['data', 'monitoring', 'cpu', 'utilization', 'avg'] as const, descending: true }];
    const page = await store.inventory.search({ condition: { all: [] }, sort, offset: 1, limit: 2 });
    expect(page.total).toBe(8);
    expect(page.rows.map(({ record }) => record.reference.resource_id)).toEqual(['c', 'a']);
  });
});
