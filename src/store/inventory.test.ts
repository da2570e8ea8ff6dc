import { describe, expect, it } from 'vitest';
import type { RecordQuery } from './inventory.ts';
import type { Store } from './store.ts';
import { openTestStore } from './testing/open-test-store.ts';
import { measured, server } from './testing/servers.ts';

async function storeOf(...records: ReturnType<typeof server>[]) {
  const store = await openTestStore();
  const ids = await store.inventory.put(
    records.map((record) => ({ record })),
    1000,
  );
  return { store, ids };
}

async function pagesOf(store: Store, query: Omit<RecordQuery, 'limit'>) {
  const names: string[] = [];
  let after: string | undefined;
  do {
    const page = await store.inventory.list({ ...query, limit: 2, ...(after === undefined ? {} : { after }) });
    names.push(...page.rows.map((row) => row.record.reference.resource_id));
    after = page.next;
  } while (after !== undefined);
  return names;
}

describe('inventory store', () => {
  it('gives back records, and when they were seen', async () => {
    const { store, ids } = await storeOf(server('a'));
    const [id = 0] = ids;
    await store.inventory.put([{ id, record: server('a', { name: 'new' }) }], 2000);
    await store.inventory.touch([id], 3000);
    expect(await store.inventory.get(id)).toEqual({
      id,
      record: server('a', { name: 'new' }),
      firstSeen: 1000,
      updatedAt: 2000,
      lastSeenAt: 3000,
    });
    expect(await store.inventory.get(99)).toBeUndefined();
  });

  it.each([
    { by: 'cpuAvg', descending: false, want: ['b', 'd', 'c', 'a', 'e'] },
    { by: 'cpuAvg', descending: true, want: ['c', 'b', 'd', 'a', 'e'] },
    { by: 'name', descending: true, want: ['e', 'd', 'c', 'b', 'a'] },
    { by: 'id', descending: true, want: ['e', 'd', 'c', 'b', 'a'] },
  ] as const)('pages by $by, descending: $descending, without a value last', async ({ by, descending, want }) => {
    const { store } = await storeOf(server('a'), measured('b', 1), measured('c', 9), measured('d', 1), server('e'));
    expect(await pagesOf(store, { sort: { by, descending } })).toEqual(want);
  });

  it.each([
    { filter: { provider: 'azure' }, want: ['c'] },
    { filter: { account: '123', region: 'eu-west-1' }, want: ['a', 'b', 'x_y%'] },
    { filter: { state: 'STOPPED' }, want: ['b'] },
    { filter: { search: 'NAME OF' }, want: ['a', 'b', 'c', 'x_y%'] },
    { filter: { search: '_y%' }, want: ['x_y%'] },
    { filter: { search: '' }, want: ['a', 'b', 'c', 'x_y%'] },
  ])('filters by $filter', async ({ filter, want }) => {
    const { store } = await storeOf(
      server('a'),
      server('b', { data: { compute: { instance_state: 'STOPPED' } } }),
      server('c', { provider: 'azure', account: '9' }),
      server('x_y%'),
    );
    expect(await pagesOf(store, { filter })).toEqual(want);
    expect(await store.inventory.count(filter)).toBe(want.length);
    const streamed = (await Array.fromAsync(store.inventory.stream(filter))).flat();
    expect(streamed.map((row) => row.record.reference.resource_id)).toEqual(want);
  });

  it('lets others be heard between the pages of a stream', async () => {
    const { store } = await storeOf(...Array.from({ length: 600 }, (_, at) => server(`s-${at}`)));
    let others = 0;
    let isOver = false;
    const other = () => {
      others++;
      if (!isOver) setImmediate(other);
    };
    setImmediate(other);
    const heardBy: number[] = [];
    for await (const _ of store.inventory.stream()) heardBy.push(others);
    isOver = true;
    const [first = 0, second = 0, third = 0] = heardBy;
    expect([second > first, third > second]).toEqual([true, true]);
  });

  it.each([
    { query: { limit: 0 }, message: '1 to 1000' },
    { query: { limit: 10, after: 'nonsense' }, message: 'no cursor' },
  ])('refuses $query', async ({ query, message }) => {
    const { store } = await storeOf();
    await expect(store.inventory.list(query)).rejects.toThrow(message);
  });

  it('refuses a cursor of another sort', async () => {
    const { store } = await storeOf(server('a'), server('b'));
    const { next = '' } = await store.inventory.list({ limit: 1 });
    await expect(store.inventory.list({ limit: 1, after: next, sort: { by: 'name' } })).rejects.toThrow('another sort');
  });

  it('counts by group and cpu', async () => {
    const { store } = await storeOf(server('a'), measured('b', 5, 40), measured('c', 100), measured('d', 130));
    expect(await store.inventory.summary()).toEqual({
      total: 4,
      groups: [{ provider: 'aws', account: '123', region: 'eu-west-1', state: 'RUNNING', count: 4, withMemory: 1 }],
      cpuHistogram: [1, 0, 0, 0, 0, 0, 0, 0, 0, 2],
      withoutCpu: 1,
      withDisk: 0,
      withNetwork: 0,
    });
  });

  it('counts those with a value of any metric of disk and of network', async () => {
    const value = { avg: 1, max: 2 };
    const { store } = await storeOf(
      server('a', {
        data: { monitoring: { disk: { read_iops: value, write_iops: value }, network: { sent_pps: value } } },
      }),
      server('b', { data: { monitoring: { network: { received_throughput: value } } } }),
      server('c', { data: { monitoring: { storage: { usage: value } } } }),
      measured('d', 5, 40),
    );
    expect(await store.inventory.summary()).toMatchObject({ total: 4, withDisk: 1, withNetwork: 2 });
  });

  it('matches by the paths of each lookup, up to two records', async () => {
    const { store, ids } = await storeOf(
      server('a'),
      server('b'),
      server('a', { account: '9' }),
      server('a', { account: '7' }),
    );
    const found = await store.inventory.match([
      { 'reference.resource_id': 'b' },
      { 'reference.resource_id': 'a' },
      { provider: 'aws', account: '9', region_code: 'eu-west-1', 'reference.resource_id': 'a' },
      { provider: 'azure' },
    ]);
    const [one, some, exact, none] = found.map((records) => records.map((row) => row.id));
    expect([one, exact, none]).toEqual([[ids[1]], [ids[2]], []]);
    expect(some).toHaveLength(2);
    expect([ids[0], ids[2], ids[3]]).toEqual(expect.arrayContaining(some ?? []));
  });

  it.each([[{}], [{ account: '' }]])('does not match everything by %j', async (lookup) => {
    const { store } = await storeOf(server('a'));
    await expect(store.inventory.match([lookup])).rejects.toMatchObject({ code: 'invalid_query' });
  });

  it('keeps identity unique, and nothing of a batch that breaks it', async () => {
    const { store } = await storeOf(server('a'));
    const put = store.inventory.put([{ record: server('b') }, { record: server('a') }], 1);
    await expect(put).rejects.toMatchObject({ code: 'conflict' });
    expect(await store.inventory.count()).toBe(1);
  });

  it('rolls a transaction back as a whole', async () => {
    const { store } = await storeOf();
    const work = store.transaction(async (tx) => {
      await tx.inventory.put([{ record: server('a') }], 1);
      await tx.transaction((inner) => inner.inventory.put([{ record: server('b') }], 1));
      expect(await tx.inventory.count()).toBe(2);
      throw new Error('changed my mind');
    });
    await expect(work).rejects.toThrow('changed my mind');
    expect(await store.inventory.count()).toBe(0);
  });
});
