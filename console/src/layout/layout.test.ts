import { describe, expect, it } from 'vitest';
import { serverMetricKeys } from '../../../src/model/metric.ts';
import { performanceMetadata } from '../../../src/model/performance-layout.ts';
import { pivotOf } from './pivot.ts';
import { layoutsOf } from './read-layout.ts';
import { pathOf, valueAt } from './value-path.ts';

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
    { name: 'a type that nobody knows', raw: { name: 'Disks', type: 'hologram', options: {} } },
    { name: 'an item whose fields are none', raw: { name: 'Disks', type: 'item', options: { fields: 'x' } } },
    { name: 'an item with a field that is none', raw: { name: 'Disks', type: 'item', options: { fields: [{}] } } },
    { name: 'a list of nothing', raw: { name: 'Disks', type: 'list', options: { layouts: 'x' } } },
    { name: 'a layer without a layout', raw: { name: 'Disks', type: 'popup' } },
  ])('keeps $name raw', ({ raw }) => {
    expect(layoutsOf({ view: { sub_data: { layouts: [raw] } } })).toEqual([
      { kind: 'unknown', name: 'Disks', type: raw.type, raw },
    ]);
  });

  it.each([undefined, null, 7, 'text', [], {}])('reads %j without complaint', (raw) => {
    expect(layoutsOf({ view: { sub_data: { layouts: [raw] } } })[0]?.kind).toBe('unknown');
    expect(layoutsOf({ view: raw })).toEqual([]);
  });

  it.each([
    { name: 'the root path', options: { root_path: 'data.compute', fields: [{ name: 'State', key: 'state' }] } },
    { name: 'no more than that', options: { fields: [{ name: 'State', key: 'data.compute.state' }] } },
  ])('puts $name before each key', ({ options }) => {
    const list = { type: 'list', options: { layouts: [{ name: 'Base', type: 'item', options }] } };
    const [layout] = layoutsOf({ view: { sub_data: { layouts: [list] } } });
    const [item] = layout?.kind === 'list' ? layout.layouts : [];
    expect(item).toMatchObject({ fields: [{ name: 'State', type: 'text', path: ['data', 'compute', 'state'] }] });
  });

  it('goes no deeper than anybody reads', () => {
    let layout: unknown = { name: 'core', type: 'raw' };
    for (let depth = 0; depth < 30; depth++) layout = { type: 'list', options: { layouts: [layout] } };
    const read = JSON.stringify(layoutsOf({ view: { sub_data: { layouts: [layout] } } }));
    expect(read.match(/"kind":"list"/g)).toHaveLength(8);
    expect(read).toContain('"kind":"unknown"');
  });
});

describe('pivotOf', () => {
  it('turns titles with a bar into rows by statistics', () => {
    const [layout] = layoutsOf(ours);
    const memory = layout?.kind === 'list' ? layout.layouts[1] : undefined;
    const { columns, rows, rest } = pivotOf(memory?.kind === 'item' ? memory.fields : []);
    expect(columns).toEqual(['Avg', 'Max', 'P95']);
    expect(rows.map((row) => row.label)).toEqual(['Memory Usage (%)', 'Memory Total', 'Memory Used']);
    expect(rows[2]?.cells.get('Max')?.path.join('.')).toBe('data.monitoring.memory.used.max');
    expect(rest).toEqual([]);
  });

  it('leaves other titles as they are', () => {
    const field = { name: 'Zone', type: 'text', path: ['data', 'zone'], options: {} };
    expect(pivotOf([field])).toEqual({ columns: [], rows: [], rest: [field] });
  });
});

describe('valueAt', () => {
  const record = { a: { b: 0, 'c.d': 1 }, list: [{ x: 1 }, { x: [2, 3] }, {}, 'word'], none: null };

  it.each([
    { path: 'a.b', want: 0 },
    { path: 'a.b.c', want: undefined },
    { path: 'none.a', want: undefined },
    { path: 'list.x', want: [1, 2, 3] },
    { path: 'list.1.x', want: [2, 3] },
    { path: 'list.y', want: undefined },
    { path: 'list.length', want: undefined },
    { path: 'a.constructor', want: undefined },
    { path: '__proto__.toString', want: undefined },
    { path: '', want: record },
  ])('leads along $path', ({ path, want }) => {
    expect(valueAt(record, pathOf(path))).toEqual(want);
  });

  it('takes the rest of a path for one key, as deep as it is told', () => {
    expect(valueAt(record, pathOf('a.c.d', 1))).toBe(1);
    expect(valueAt(undefined, ['a'])).toBeUndefined();
  });
});
