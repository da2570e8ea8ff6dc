import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { InventoryRecord } from '#model/record.ts';
import { absentState, type RecordFilter } from './inventory.ts';
import { fits } from './query/fits.ts';
import { conditionOfText, metricPath } from './query/text.ts';
import type { Store } from './store.ts';
import { openTestStore } from './testing/open-test-store.ts';
import { measured, server } from './testing/servers.ts';

const byCpu = { path: metricPath('cpu.avg') ?? ['none'], descending: true } as const;
const byName = { path: ['name'], descending: false } as const;

function record(at: number, cpu: number | undefined = at % 7): InventoryRecord {
  const base = cpu === undefined ? server(`i-${at}`) : measured(`i-${at}`, cpu, at % 2 === 0 ? at : undefined);
  return {
    ...base,
    provider: at % 3 === 0 ? 'azure' : 'aws',
    account: String(at % 5),
    name: `Web-${at % 11}`,
    tags: { team: at % 4 === 0 ? 'Payments' : 'search' },
  };
}

async function put(store: Store, records: readonly InventoryRecord[], now: number): Promise<readonly number[]> {
  return store.inventory.put(
    records.map((each) => ({ record: each })),
    now,
  );
}

describe('lists, counts and facets', () => {
  let store: Store;
  let stored: ReadonlyMap<number, InventoryRecord>;
  beforeAll(async () => {
    store = await openTestStore();
    const ids = await put(
      store,
      Array.from({ length: 60 }, (_, at) => record(at, at % 10 === 0 ? undefined : at)),
      1000,
    );
    // Some are measured anew, some are others now, and some stay.
    const changes = ids.flatMap((id, at) => {
      if (at % 3 === 1) return [{ id, record: record(at, at % 4) }];
      return at % 5 === 0 ? [{ id, record: { ...record(at), name: `db-${at}`, tags: {}, account: 'other' } }] : [];
    });
    await store.inventory.put(changes, 2000);
    await store.inventory.touch(ids.slice(10), 3000);
    await store.inventory.markAbsent({ account: '2' }, 3000, 4000);
    const all = new Map<number, InventoryRecord>();
    for await (const page of store.inventory.stream()) for (const row of page) all.set(row.id, row.record);
    stored = all;
  });
  afterAll(() => store.close());

  it.each([
    '',
    'provider:aws',
    '-provider:gcp',
    'account:other,1 cpu:<5',
    'web-1',
    'I-5',
    'tag.team:Payments',
    'tag.team:none provider:azure',
    '-tag.team:search WEB',
    'web cpu:>3',
    'name:~EB-2 id:~i- account:2',
    'name:db-5',
    'mem:none web',
  ])('say the same of %j as the records themselves', async (text) => {
    const condition = conditionOfText(text);
    const filter: RecordFilter = { condition };
    const wanted = [...stored].filter(([, each]) => fits(condition, JSON.parse(JSON.stringify(each))));
    const cpuOf = (each: InventoryRecord) => each.data.monitoring?.cpu?.utilization?.avg ?? -1;
    const ids = wanted.toSorted(([a, x], [b, y]) => cpuOf(y) - cpuOf(x) || a - b).map(([id]) => id);
    const { inventory } = store;
    expect(await inventory.count(filter)).toBe(wanted.length);
    expect(await inventory.order(byCpu, filter)).toEqual(ids);
    expect(await inventory.head(byCpu, 3, filter)).toEqual({ ids: ids.slice(0, 3), total: ids.length });
    expect((await inventory.head(byName, 100, filter)).ids).toEqual(await inventory.order(byName, filter));
    const first = await inventory.list({ filter, limit: 2, sort: { by: 'cpuAvg', descending: true } });
    const rest =
      first.next === undefined
        ? []
        : (await inventory.list({ filter, limit: 99, sort: { by: 'cpuAvg', descending: true }, after: first.next }))
            .rows;
    expect([...first.rows, ...rest].map(({ id }) => id)).toEqual(ids);
    const accounts = (await inventory.tally(['account', 'provider'], filter)).filter(
      ({ facet }) => facet === 'account',
    );
    const counts = Map.groupBy(wanted, ([, each]) => each.account);
    expect(new Map(accounts.map(({ value, servers }) => [value, servers]))).toEqual(
      new Map([...counts].map(([account, same]) => [account, same.length])),
    );
    const measuredCpu = wanted.map(([, each]) => cpuOf(each)).filter((cpu) => cpu >= 0);
    expect(await inventory.cpuQuantiles('avg', [0, 100], filter)).toEqual({
      measured: measuredCpu.length,
      values: measuredCpu.length === 0 ? [] : [Math.min(...measuredCpu), Math.max(...measuredCpu)],
    });
  });

  it('know the state of what is gone, and of what came back', async () => {
    const gone = await store.inventory.count({ state: absentState });
    expect(gone).toBeGreaterThan(0);
    const [id] = (await store.inventory.order(byCpu, { state: absentState })).slice(-1);
    const back = id === undefined ? undefined : stored.get(id);
    if (id === undefined || back === undefined) throw new Error('none is gone');
    await store.inventory.put([{ id, record: back }], 5000);
    expect(await store.inventory.count({ state: absentState })).toBe(gone - 1);
    const states = await store.inventory.tally(['state']);
    expect(states.find(({ value }) => value === absentState)?.servers ?? 0).toBe(gone - 1);
  });
});

it('finds the first rows where more fit than are held at once, few of the highest or all of them', async () => {
  const store = await openTestStore();
  const servers = 26_000;
  for (let from = 0; from < servers; from += 2_000)
    await put(
      store,
      Array.from({ length: 2_000 }, (_, at) => ({
        ...measured(`i-${from + at}`, from + at),
        tags: { team: from + at < 21_000 ? 'low' : 'high', all: 'yes' },
      })),
      1000,
    );
  const lists = async (q: string) => {
    const filter = { condition: conditionOfText(q) };
    const { rows, total } = await store.inventory.list({ filter, limit: 2, sort: { by: 'cpuAvg', descending: true } });
    return [total, ...rows.map(({ record }) => record.reference.resource_id)];
  };
  expect(await lists('tag.all:yes')).toEqual([26_000, 'i-25999', 'i-25998']);
  expect(await lists('tag.team:low')).toEqual([21_000, 'i-20999', 'i-20998']);
  expect(await lists('tag.team:high')).toEqual([5_000, 'i-25999', 'i-25998']);
  await store.close();
});
