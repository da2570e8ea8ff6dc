import { describe, expect, it } from 'vitest';
import { noCost } from '#model/fleet.ts';
import { describeExcess, describeSpent } from './describe-spent.ts';

const planned = { ...noCost, calls: 100, usd: 1, usdAtMost: 1.5 };

describe('what was spent', () => {
  it('is told beside what was planned', () => {
    const text = describeSpent({ planned, spent: { ...noCost, calls: 90, usd: 0.8 }, retried: 0 });
    expect(text).toBe('90 calls of 100 planned · $0.80 of $1.00 planned, at most $1.50');
  });

  it('has no bound where the price is known', () => {
    const free = { ...noCost, calls: 3 };
    expect(describeSpent({ planned: free, spent: free, retried: 0 })).not.toContain('at most');
  });
});

describe('more than was planned', () => {
  it.each([
    { name: 'all within', spent: { calls: 100, usd: 1.5 }, retried: 0 },
    { name: 'dearer than expected, and within the bound', spent: { calls: 100, usd: 1.4 }, retried: 0 },
    { name: 'calls that were sent again', spent: { calls: 120, usd: 1 }, retried: 20 },
    { name: 'what adding in another order leaves', spent: { calls: 1, usd: 1.5 + 4e-16 }, retried: 0 },
  ])('is not $name', ({ spent, retried }) => {
    expect(describeExcess({ planned, spent: { ...noCost, ...spent }, retried })).toEqual([]);
  });

  it.each([
    { name: 'calls', spent: { calls: 121, usd: 1 }, retried: 20, says: '101 calls where 100 were planned' },
    { name: 'USD', spent: { calls: 1, usd: 1.6 }, retried: 0, says: '$1.60 where it was to be $1.50 at most' },
  ])('is told of $name', ({ spent, retried, says }) => {
    const [line = ''] = describeExcess({ planned, spent: { ...noCost, ...spent }, retried });
    expect(line).toContain(says);
    expect(line).toContain('checked after the run against the ledger');
  });
});
