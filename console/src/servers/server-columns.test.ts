import { describe, expect, it } from 'vitest';
import { chosenColumns, columnOf, possibleColumns } from './server-columns.ts';

const types = [{ id: 'bucket', label: 'Bucket', metrics: ['storage.used'] as const }];

describe('columns', () => {
  it.each([
    {
      name: 'are usual where nothing is chosen',
      cols: undefined,
      type: 'bucket',
      want: 'name account region instanceType state storage.used',
    },
    { name: 'begin with the name', cols: 'trend,state,name', type: 'server', want: 'name trend state' },
    {
      name: 'are each there once, and none that there is not',
      cols: 'state,x,state,cpu.utilization',
      type: 'server',
      want: 'name state cpu.utilization',
    },
  ])('$name', ({ cols, type, want }) => {
    expect(chosenColumns(cols, type, types).join(' ')).toBe(want);
  });

  it('can be chosen that are not usual', () => {
    expect(possibleColumns('server', types)).toContain('provider');
    expect(possibleColumns('bucket', types)).toContain('trend');
  });

  it('of a metric are sorted by the statistic that is shown; a trend is by none', () => {
    expect(columnOf('cpu.utilization', 'p95').sort).toBe('cpu.utilization.p95');
    expect(columnOf('trend', 'p95').sort).toBeUndefined();
  });
});
