import { describe, expect, it } from 'vitest';
import { serverMetricKeys } from '../../../src/model/metric.ts';
import { performanceMetadata } from '../../../src/model/performance-layout.ts';
import { pivotOf } from './pivot.ts';
import { layoutsOf, valueAt } from './read-layout.ts';

const ours = performanceMetadata(serverMetricKeys, ['avg', 'max', 'p95']);

describe('layoutsOf', () => {
  it.each([
    { name: 'as a plugin writes it', metadata: ours },
    { name: 'as an inventory keeps it, by provider', metadata: { aws: ours, other: 1 } },
  ])('finds the layout $name', ({ metadata }) => {
    const [layout] = layoutsOf(metadata);
    expect(layout).toMatchObject({ kind: 'list', name: 'Performance' });
    expect(layout?.kind === 'list' && layout.layouts.map((item) => item.name)).toEqual([
      'CPU',
      'Memory',
      'Disk',
      'Network',
    ]);
  });

  it.each([
    { name: 'a type that nobody drew yet', raw: { name: 'Disks', type: 'query-search-table', options: {} } },
    { name: 'an item without fields', raw: { name: 'Disks', type: 'item', options: {} } },
    { name: 'an item with a field that is none', raw: { name: 'Disks', type: 'item', options: { fields: [{}] } } },
    { name: 'a list of nothing', raw: { name: 'Disks', type: 'list', options: { layouts: 'x' } } },
  ])('keeps $name raw', ({ raw }) => {
    expect(layoutsOf({ view: { sub_data: { layouts: [raw] } } })).toEqual([
      { kind: 'unknown', name: 'Disks', type: raw.type, raw },
    ]);
  });

  it.each([undefined, null, 7, 'text', [], {}])('reads %j without complaint', (raw) => {
    expect(layoutsOf({ view: { sub_data: { layouts: [raw] } } })[0]?.kind).toBe('unknown');
    expect(layoutsOf({ view: raw })).toEqual([]);
  });

  it('puts the root path before each key', () => {
    const options = { root_path: 'data.compute', fields: [{ name: 'State', key: 'instance_state' }] };
    const [layout] = layoutsOf({ view: { sub_data: { layouts: [{ name: 'Base', type: 'item', options }] } } });
    expect(layout).toMatchObject({ fields: [{ name: 'State', type: 'text', key: 'data.compute.instance_state' }] });
  });
});

describe('pivotOf', () => {
  it('turns titles with a bar into rows by statistics', () => {
    const [layout] = layoutsOf(ours);
    const memory = layout?.kind === 'list' ? layout.layouts[1] : undefined;
    const { columns, rows, rest } = pivotOf(memory?.kind === 'item' ? memory.fields : []);
    expect(columns).toEqual(['Avg', 'Max', 'P95']);
    expect(rows.map((row) => row.label)).toEqual(['Memory Usage (%)', 'Memory Total', 'Memory Used']);
    expect(rows[2]?.cells.get('Max')?.key).toBe('data.monitoring.memory.used.max');
    expect(rest).toEqual([]);
  });

  it('leaves other titles as they are', () => {
    const field = { name: 'Zone', type: 'text', key: 'data.zone' };
    expect(pivotOf([field])).toEqual({ columns: [], rows: [], rest: [field] });
  });
});

it('valueAt ends where the path does', () => {
  expect(valueAt({ a: { b: 0 } }, 'a.b')).toBe(0);
  expect(valueAt({ a: { b: 0 } }, 'a.b.c')).toBeUndefined();
  expect(valueAt(undefined, 'a')).toBeUndefined();
});
