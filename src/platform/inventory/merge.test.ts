import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { InventoryRecord } from '#model/record.ts';
import { measured, server } from '#store/testing/servers.ts';
import { type IncomingRecord, mergeRecord } from './merge.ts';

const info = (collected_at: string, end = '2026-11-22T00:00:00Z') => ({
  window: { start: '2026-11-08T00:00:00Z', end },
  collected_at,
  metrics: { 'memory.usage': { missing: 'agent_absent' } } as const,
});

const texts = () => fc.constantFrom('', 'a', 'b');
const maps = () => fc.dictionary(fc.constantFrom('x', 'y', 'z'), texts());
const sometimes = { requiredKeys: [] };

const reports = (): fc.Arbitrary<IncomingRecord> =>
  fc.record(
    {
      name: texts(),
      region_code: texts(),
      tags: maps(),
      metadata: fc.dictionary(fc.constantFrom('aws', 'azure'), maps()),
      data: fc.record(
        {
          compute: maps(),
          hardware: fc.record({ core: fc.nat({ max: 2 }), memory: fc.nat({ max: 2 }) }, sometimes),
          monitoring: fc.constantFrom({}, { cpu: { utilization: { avg: 1, max: 2 } } }),
          monitoring_info: fc.constantFrom(info('1'), info('2'), info('2', 'later')),
        },
        sometimes,
      ),
    },
    sometimes,
  );

/** The same value with the keys of all its objects in reverse. */
function reversed<T>(value: T): T {
  return JSON.parse(JSON.stringify(value), (_, item: unknown) =>
    typeof item === 'object' && item !== null && !Array.isArray(item)
      ? Object.fromEntries(Object.entries(item).reverse())
      : item,
  );
}

describe('merge', () => {
  it('is idempotent', () =>
    fc.assert(
      fc.property(reports(), reports(), (first, second) => {
        const known = mergeRecord(server('i-1'), first).record;
        const once = mergeRecord(known, second).record;
        expect(mergeRecord(once, second)).toEqual({ record: once, change: 'unchanged' });
      }),
    ));

  it('does not look at the order of keys', () =>
    fc.assert(
      fc.property(reports(), (report) => {
        const known = mergeRecord(server('i-1'), report).record;
        expect(mergeRecord(reversed(known), report).change).toBe('unchanged');
        expect(mergeRecord(known, reversed(report)).change).toBe('unchanged');
      }),
    ));

  it('says updated where and only where it changed something but the time', () =>
    fc.assert(
      fc.property(reports(), reports(), (first, second) => {
        const known = mergeRecord(server('i-1'), first).record;
        const { record, change } = mergeRecord(known, second);
        const untimed = (of: InventoryRecord) =>
          JSON.parse(JSON.stringify(of), (key, item) => (key === 'collected_at' ? 0 : item));
        if (change === 'unchanged') expect(record).toBe(known);
        else expect(untimed(record)).not.toEqual(untimed(known));
      }),
    ));

  it('keeps what was measured when discovery reports again', () => {
    const known = measured('i-1', 40);
    const { record, change } = mergeRecord(known, server('i-1', { name: 'renamed', data: { hardware: { core: 4 } } }));
    expect(change).toBe('updated');
    expect(record).toEqual({ ...known, name: 'renamed', data: { ...known.data, hardware: { core: 4 } } });
  });

  it('replaces tags, and merges metadata by provider', () => {
    const known = server('i-1', { tags: { old: '1' }, metadata: { aws: { a: 1 }, other: { b: 2 } } });
    const { record } = mergeRecord(known, { tags: { new: '2' }, metadata: { aws: { c: 3 } } });
    expect(record).toMatchObject({ tags: { new: '2' }, metadata: { aws: { c: 3 }, other: { b: 2 } } });
    expect(record.tags).not.toHaveProperty('old');
    expect(record.metadata.aws).toEqual({ c: 3 });
  });

  it('makes a record of a report that identifies one', () => {
    const { name: _, tags: __, ...report } = server('i-1');
    expect(mergeRecord(undefined, report)).toEqual({
      record: server('i-1', { name: '', tags: {} }),
      change: 'created',
    });
  });

  it.each([
    { provider: '' },
    { cloud_service_group: '' },
    { cloud_service_type: '' },
    { reference: { resource_id: '' } },
  ])('makes no record with %j', (over) => {
    expect(() => mergeRecord(undefined, server('i-1', over))).toThrow(
      expect.objectContaining({ code: 'invalid_input' }),
    );
  });
});
