import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { InventoryRecord } from '#model/record.ts';
import { absentState, type RecordOrder } from './inventory.ts';
import { metricPath } from './query/text.ts';
import type { Store } from './store.ts';
import { openTestStore } from './testing/open-test-store.ts';
import { measured, server } from './testing/servers.ts';

/** With cpu of this p95, and memory of this maximum. */
function used(id: string, p95: number, memory: number | undefined, over: Partial<InventoryRecord> = {}) {
  return server(id, {
    data: {
      compute: { instance_state: 'RUNNING' },
      monitoring: {
        cpu: { utilization: { avg: p95 / 2, max: p95 * 2, p95 } },
        disk: { read_iops: { avg: 100 - p95 } },
        ...(memory === undefined ? {} : { memory: { usage: { avg: 1, max: memory, p95: memory / 2 } } }),
      },
    },
    ...over,
  });
}

const records = [
  used('a', 30, 80),
  used('b', 10, undefined, { provider: 'azure', account: 'sub', region_code: 'westeurope' }),
  used('c', 20, 60, { instance_type: 'c7i.large' }),
  server('d', { data: { compute: { instance_state: 'STOPPED' } } }),
  used('e', 10, 70),
];

let store: Store;
beforeAll(async () => {
  store = await openTestStore();
  await store.inventory.put(
    records.map((record) => ({ record })),
    1000,
  );
});
afterAll(() => store.close());

async function names(order: RecordOrder, filter = {}) {
  const ids = await store.inventory.order(order, filter);
  return (await store.inventory.records(ids)).map(({ record }) => record.reference.resource_id).join('');
}

describe('an order', () => {
  it.each([
    { field: 'cpu.p95', ascending: 'beca', descending: 'acbe' },
    { field: 'mem.max', ascending: 'ceab', descending: 'aecb' },
    { field: 'mem.p95', ascending: 'ceab', descending: 'aecb' },
    { field: 'disk.read_iops', ascending: 'acbe', descending: 'beca' },
  ])('by $field leads through all ids, those without a value last', async ({ field, ascending, descending }) => {
    const path = metricPath(field) ?? ['none'];
    const rest = (seen: string) => ['a', 'b', 'c', 'd', 'e'].filter((id) => !seen.includes(id)).join('');
    expect(await names({ path, descending: false })).toMatch(new RegExp(`^${ascending}${rest(ascending)}$`));
    const back = await names({ path, descending: true });
    expect(back.endsWith('d')).toBe(true);
    expect(back.replace('d', '')).toBe(descending);
  });

  it('is of the records that a filter lets through', async () => {
    const filter = { condition: { path: ['provider'], is: 'equal', value: 'aws' } } as const;
    expect(await names({ path: ['record_state'], descending: true }, filter)).toBe('dace');
    expect(await names({ path: ['name'], descending: false }, { provider: 'none' })).toBe('');
  });
});

describe('a tally', () => {
  it('counts each value of each facet, most first', async () => {
    expect(await store.inventory.tally(['provider', 'state', 'type'])).toEqual(
      [
        { facet: 'provider', value: 'aws', servers: 4 },
        { facet: 'type', value: 'm7i.large', servers: 4 },
        { facet: 'state', value: 'RUNNING', servers: 4 },
        { facet: 'state', value: 'STOPPED', servers: 1 },
        { facet: 'provider', value: 'azure', servers: 1 },
        { facet: 'type', value: 'c7i.large', servers: 1 },
      ].sort((a, b) => b.servers - a.servers || (a.value < b.value ? -1 : 1)),
    );
    expect(await store.inventory.tally([])).toEqual([]);
  });

  it('is of the records that a filter lets through', async () => {
    expect(await store.inventory.tally(['account', 'region'], { provider: 'azure' })).toEqual([
      { facet: 'account', value: 'sub', servers: 1 },
      { facet: 'region', value: 'westeurope', servers: 1 },
    ]);
  });
});

describe('quantiles of cpu', () => {
  it.each([
    { statistic: 'p95', want: [10, 10, 20, 30] },
    { statistic: 'avg', want: [5, 5, 10, 15] },
    { statistic: 'max', want: [20, 20, 40, 60] },
  ] as const)('are values that servers have: $statistic', async ({ statistic, want }) => {
    const { measured, values } = await store.inventory.cpuQuantiles(statistic, [0, 50, 90, 100]);
    expect(measured).toBe(4);
    expect(values).toEqual([want[0], want[1], want[2], want[3]]);
  });

  it('are in order far below and above what percents are', async () => {
    const own = await openTestStore();
    const cpus = [4000, -7, 99.999, 0.004, 1000, 0, -300, 99.994, 0.004];
    await own.inventory.put(
      cpus.map((cpu, at) => ({ record: measured(`m${at}`, cpu) })),
      1000,
    );
    const percents = Array.from({ length: cpus.length }, (_, at) => Math.ceil((at * 100) / (cpus.length - 1)));
    expect(await own.inventory.cpuQuantiles('avg', percents)).toEqual({
      measured: cpus.length,
      values: cpus.toSorted((a, b) => a - b),
    });
    await own.close();
  });

  it('are none where nothing was measured', async () => {
    const filter = { state: 'STOPPED' };
    expect(await store.inventory.cpuQuantiles('avg', [50], filter)).toEqual({ measured: 0, values: [] });
    expect(await store.inventory.cpuQuantiles('avg', [50, 90], { provider: 'azure' })).toEqual({
      measured: 1,
      values: [5, 5],
    });
  });
});

it('finds by the state that is shown, of those that are gone too', async () => {
  const own = await openTestStore();
  await own.inventory.put([{ record: server('gone') }, { record: server('here') }], 1000);
  const found = async (value: string) =>
    own.inventory.count({ condition: { path: ['record_state'], is: 'equal', value } });
  await own.inventory.touch([2], 3000);
  await own.inventory.markAbsent({}, 2000, 4000);
  expect([await found('RUNNING'), await found(absentState)]).toEqual([1, 1]);
  await own.close();
});
