import { describe, expect, it } from 'vitest';
import { fieldName, layoutName, metricAt } from './names.ts';
import { linesOf, markupOf, plainRecord } from './render.fixture.ts';

/** What a field shows of a value. */
function shown(type: string, value: unknown, options: object = {}): string {
  const layout = { type: 'item', options: { fields: [{ name: 'x', type, key: 'tags.x', options }] } };
  const record = { ...plainRecord, tags: JSON.parse(JSON.stringify({ x: value })) };
  const [line = ''] = linesOf(
    markupOf({ ...record, metadata: { view: { sub_data: { layouts: [layout] } } } }, 'fields'),
  );
  return line.replace(/^x │ /, '');
}

describe('a field', () => {
  it.each([
    { type: 'text', value: undefined, want: '–' },
    { type: 'text', value: 0, want: '0' },
    { type: 'text', value: false, want: 'false' },
    { type: 'text', value: null, options: { default: 'none', prefix: '<', postfix: '>' }, want: '<none>' },
    { type: 'text', value: ['a', 'b'], options: { delimiter: ' / ' }, want: 'a / b' },
    { type: 'text', value: [], options: { default: [null, 'a', []], delimiter: ',' }, want: '–,a,–' },
    { type: 'size', value: 1536, want: '1.5 KiB' },
    { type: 'size', value: '2048', options: { source_unit: 'MB', display_unit: 'GB' }, want: '2 GiB' },
    { type: 'size', value: 0, want: '0 B' },
    { type: 'size', value: 'much', want: 'much' },
    { type: 'size', value: 1, options: { source_unit: 'PB', display_unit: 'BYTES' }, want: '1,125,899,906,842,624 B' },
    { type: 'datetime', value: 1_790_000_000, want: /Sep 21, 2026/ },
    { type: 'datetime', value: 1_790_000_000_000, want: /Sep 21, 2026/ },
    { type: 'datetime', value: 2e11, options: { source_format: 'seconds' }, want: /8307/ },
    { type: 'datetime', value: { seconds: '1790000000', nanos: 0 }, want: /Sep 21, 2026/ },
    { type: 'datetime', value: '2026-09-21T14:13:20Z', want: /Sep 21, 2026/ },
    { type: 'datetime', value: 'yesterday', want: 'yesterday' },
    { type: 'datetime', value: 1e300, want: '1e+300' },
    { type: 'progress', value: 42.5, want: '42.5 %' },
    { type: 'progress', value: 3, options: { unit: ' of 5' }, want: '3 of 5' },
    {
      type: 'list',
      value: '[{"id":"sg-1"},{"id":"sg-2"}]',
      options: { sub_key: 'id', delimiter: ', ' },
      want: 'sg-1, sg-2',
    },
    { type: 'list', value: [{ a: [1, 2] }, { a: 3 }], options: { sub_key: 'a', delimiter: ' ' }, want: '1 2 3' },
    {
      type: 'list',
      value: Array.from({ length: 30 }, () => 'a'),
      options: { delimiter: '' },
      want: 'aaaaaaaaaaaa 18 more',
    },
    { type: 'dict', value: { a: 1, b: { c: 2 } }, want: 'a 1b {"c":2}' },
    { type: 'dict', value: 'word', want: 'word' },
    { type: 'enum', value: true, options: { items: { true: 'yes' } }, want: 'yes' },
    { type: 'enum', value: 'OFF', options: { OFF: { name: 'switched off', type: 'badge' } }, want: 'switched off' },
    { type: 'enum', value: 'toString', options: { items: {} }, want: 'toString' },
    { type: 'image', value: 'file:///etc/passwd', want: 'an image that is no address' },
    { type: 'future', value: { a: 1 }, want: '{"a":1} of type future' },
  ])('of type $type shows $value as $want', ({ type, value, options, want }) => {
    if (typeof want === 'string') expect(shown(type, value, options)).toBe(want);
    else expect(shown(type, value, options)).toMatch(want);
  });
});

it('has no link in a link', () => {
  const options = { link: 'https://a.example/', image_url: 'https://b.example/' };
  const reference = { resource_type: 'identity.Provider' };
  for (const type of ['text', 'image', 'dict', 'badge', 'list']) {
    const layout = {
      type: 'item',
      options: { fields: [{ key: type === 'image' ? 'none' : 'provider', type, options, reference }] },
    };
    const metadata = { view: { sub_data: { layouts: [layout] } } };
    expect(markupOf({ ...plainRecord, metadata }, 'fields').match(/<a /g)).toHaveLength(1);
  }
});

describe('a name', () => {
  const field = { name: 'CPU Utilization (%) | Avg', type: 'text', path: ['data'], options: {} };

  it('is its own where its translation is not known', () => {
    expect(layoutName({ name: 'HW', translation: 'toString' })).toBe('HW');
    expect(fieldName({ ...field, options: { translation_id: 'PAGE_SCHEMA.UNHEARD_OF' } })).toBe(field.name);
  });

  it('is known by where it leads', () => {
    expect(metricAt(['data', 'monitoring', 'cpu', 'utilization', 'avg'])).toEqual({
      metric: 'cpu.utilization',
      statistic: 'avg',
    });
    for (const path of [
      'data.monitoring.cpu.utilization',
      'data.monitoring.cpu.heat.avg',
      'data.other.cpu.utilization.avg',
    ]) {
      expect(metricAt(path.split('.'))).toBeUndefined();
    }
  });
});
