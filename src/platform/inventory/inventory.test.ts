import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { InventoryRecord } from '#model/record.ts';
import { DatabaseFile } from '#store/sqlite/database-file.ts';
import { storeOnFile } from '#store/sqlite/store.ts';
import type { Store } from '#store/store.ts';
import { openTestStore } from '#store/testing/open-test-store.ts';
import { measured, server } from '#store/testing/servers.ts';
import { mergeBatch } from './inventory.ts';
import type { MatchRules } from './match-rules.ts';
import { type IncomingRecord, mergeRecord } from './merge.ts';

const byId: MatchRules = [['reference.resource_id']];

const info = (collected_at: string, end = '2026-11-22T00:00:00Z') => ({
  window: { start: '2026-11-08T00:00:00Z', end },
  collected_at,
  metrics: {},
});
const whole = server('a', {
  metadata: { aws: { widget: 0 } },
  data: {
    monitoring: { cpu: { utilization: { avg: 1 } }, disk: { read_iops: { avg: 2 } } },
    monitoring_info: info('1'),
  },
});
const busier = { cpu: { utilization: { avg: 1 } }, disk: { read_iops: { avg: 3 } } };

async function recordsOf(store: Store): Promise<InventoryRecord[]> {
  return (await Array.fromAsync(store.inventory.stream())).flat().map((row) => row.record);
}

describe('mergeBatch', () => {
  it('creates, updates and leaves as it is', async () => {
    const store = await openTestStore();
    expect(await mergeBatch(store, [server('a'), server('b')], 1)).toEqual([
      { change: 'created', id: 1 },
      { change: 'created', id: 2 },
    ]);
    expect(await mergeBatch(store, [server('c'), server('b'), measured('a', 3)], 2)).toEqual([
      { change: 'created', id: 3 },
      { change: 'unchanged', id: 2 },
      { change: 'updated', id: 1 },
    ]);
    expect(await store.inventory.get(2)).toMatchObject({ firstSeen: 1, updatedAt: 1, lastSeenAt: 2 });
    expect(await store.inventory.get(1)).toMatchObject({ record: measured('a', 3), firstSeen: 1, updatedAt: 2 });
  });

  it('writes anew what the release before wrote, though nothing has changed', async () => {
    const file = await DatabaseFile.open(':memory:');
    const store = await storeOnFile(file);
    const tagged = { ...whole, tags: { env: 'prod' } };
    await mergeBatch(store, [tagged], 1);
    file.exec(`UPDATE resource SET digest = '', tags = '{}', measured = 0`);
    expect(await mergeBatch(store, [tagged], 2)).toEqual([{ change: 'unchanged', id: 1 }]);
    expect((await store.inventory.coverage())[0]?.withValue.get('cpu.utilization')).toBe(1);
    const [found] = (await store.inventory.match([{ 'reference.resource_id': 'a' }])).flat();
    expect(found?.outline.digest).not.toBe('');
    expect(await store.changes.list({ resource: 1, limit: 9 })).toMatchObject([{ event: 'created' }]);
    await mergeBatch(store, [tagged], 3);
    expect(await store.inventory.get(1)).toMatchObject({ updatedAt: 2, lastSeenAt: 3 });
    await store.close();
  });

  it.each([
    { name: 'collected again', want: 'unchanged', over: { data: { ...whole.data, monitoring_info: info('2') } } },
    {
      name: 'of another window',
      want: 'updated',
      over: { data: { ...whole.data, monitoring_info: info('2', 'later') } },
    },
    { name: 'with a value that no column has', want: 'updated', over: { data: { ...whole.data, monitoring: busier } } },
    { name: 'laid out anew', want: 'updated', over: { metadata: { aws: { widget: 1 } } } },
    { name: 'tagged anew', want: 'updated', over: { tags: { env: 'test' } } },
    { name: 'by another collector', want: 'unchanged', over: Object.fromEntries(Object.entries(whole).toReversed()) },
  ])('tells what repeats a record from what does not: $name', async ({ want, over }) => {
    const store = await openTestStore();
    const change = async (report: IncomingRecord, now: number) => (await mergeBatch(store, [report], now))[0]?.change;
    expect(await change(whole, 1)).toBe('created');
    expect(await change({ ...over, ...whole, ...over }, 2)).toBe(want);
    expect(await change({ ...over, ...whole, ...over }, 3)).toBe('unchanged');
    expect(await change(whole, 4)).toBe(want);
    expect(await store.inventory.get(1)).toMatchObject({ lastSeenAt: 4, updatedAt: want === 'updated' ? 4 : 1 });
    await store.close();
  });

  it('does the same in batches of any size', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ id: fc.constantFrom('a', 'b', 'c', 'd'), cpu: fc.option(fc.nat({ max: 2 })) }), {
          maxLength: 12,
        }),
        fc.integer({ min: 1, max: 12 }),
        async (given, size) => {
          const store = await openTestStore();
          const expected = new Map<string, InventoryRecord>();
          const changes: string[] = [];
          const reports = given.map(({ id, cpu }) => (cpu === null ? server(id) : measured(id, cpu)));
          for (const report of reports) {
            const { record, change } = mergeRecord(expected.get(report.reference.resource_id), report);
            expected.set(report.reference.resource_id, record);
            changes.push(change);
          }
          const outcomes = [];
          for (let from = 0; from < reports.length; from += size) {
            outcomes.push(...(await mergeBatch(store, reports.slice(from, from + size), 1)));
          }
          expect(outcomes.map((outcome) => outcome.change)).toEqual(changes);
          expect(await recordsOf(store)).toEqual([...expected.values()]);
          await store.close();
        },
      ),
      { numRuns: 40 },
    ));

  it('tries rules in order, and identity last', async () => {
    const store = await openTestStore();
    await mergeBatch(store, [server('a'), server('b')], 1);
    const rules: MatchRules = [['account', 'reference.resource_id'], ['reference.resource_id']];
    const moved = server('a', { account: '9' });
    expect(await mergeBatch(store, [moved, server('b')], 2, rules)).toMatchObject([
      { change: 'updated', id: 1 },
      { change: 'unchanged', id: 2 },
    ]);
    const byType: MatchRules = [['cloud_service_type', 'reference.resource_id']];
    const retyped = server('b', { cloud_service_type: 'Server' });
    expect(await mergeBatch(store, [retyped], 3, byType)).toEqual([{ change: 'updated', id: 2 }]);
    expect(await recordsOf(store)).toEqual([moved, retyped]);
  });

  it('finds what the batch itself made or moved', async () => {
    const store = await openTestStore();
    await mergeBatch(store, [server('a')], 1);
    const rules: MatchRules = [['region_code', 'account'], ['reference.resource_id']];
    const outcomes = await mergeBatch(
      store,
      [
        server('a', { region_code: 'mars' }),
        server('new', { region_code: 'moon' }),
        server('other', { region_code: 'moon' }),
      ],
      2,
      rules,
    );
    expect(outcomes).toMatchObject([
      { change: 'updated', id: 1 },
      { change: 'created', id: 2 },
      { change: 'updated', id: 2 },
    ]);
    expect((await recordsOf(store)).map((record) => record.reference.resource_id)).toEqual(['a', 'other']);
  });

  it('fails a report alone: too many matches, no identity', async () => {
    const store = await openTestStore();
    await mergeBatch(store, [server('a'), server('a', { account: '9' })], 1);
    const [tooMany, unnamed, fine] = await mergeBatch(
      store,
      [server('a', { account: '7' }), server(''), server('c')],
      2,
      byId,
    );
    expect(tooMany).toMatchObject({
      change: 'failed',
      error: { code: 'conflict', where: 'reference.resource_id = a', message: expect.stringContaining('rule 1') },
    });
    expect(unnamed).toMatchObject({ change: 'failed', error: { code: 'invalid_input' } });
    expect(fine).toMatchObject({ change: 'created' });
    expect(await store.inventory.count()).toBe(3);
  });

  it('never matches everything by a rule whose values are empty', async () => {
    const store = await openTestStore();
    await mergeBatch(store, [server('a')], 1);
    const [outcome] = await mergeBatch(store, [server('b', { account: '' })], 2, [['account']]);
    expect(outcome).toEqual({ change: 'created', id: 2 });
  });
});
