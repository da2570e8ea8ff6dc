import { describe, expect, it } from 'vitest';
import type { ServerFacets } from '../../../src/server/facets-api.ts';
import { suggest } from './suggestions.ts';

const none = { values: [], all: 0 };
const facets: ServerFacets = {
  provider: {
    values: [
      { value: 'aws', servers: 3 },
      { value: 'azure', servers: 2 },
    ],
    all: 2,
  },
  account: { values: [{ value: 'pay ments', servers: 1 }], all: 1 },
  region: none,
  state: none,
  type: none,
  cpu: { statistic: 'avg', measured: 0, p50: null, p90: null },
  types: [],
};

const labels = (query: string, cursor = query.length) => suggest(query, cursor, facets).map(({ label }) => label);

describe('suggestions', () => {
  it.each([
    { query: 'prov', want: ['provider:'] },
    { query: '-prov', want: ['provider:'] },
    { query: 'cpu.', want: ['cpu.avg:', 'cpu.max:', 'cpu.p95:'] },
    { query: 'ta', want: ['tag.…'] },
    { query: 'provider:a', want: ['aws', 'azure'] },
    { query: 'provider:aws,', want: ['azure'] },
    { query: 'cpu.p95:', want: ['<5', '>80', '10..20', 'none'] },
    { query: 'tag.env:', want: ['none'] },
    { query: 'no-such', want: [] },
  ])('of $query', ({ query, want }) => {
    expect(labels(query)).toEqual(want);
  });

  it('of an empty field are fields', () => {
    expect(labels('')[0]).toBe('provider:');
    expect(labels('web ')[0]).toBe('provider:');
  });

  it.each([
    { query: 'web prov mem:none', cursor: 8, want: 'web provider: mem:none', at: 13 },
    { query: 'provider:az mem:none', cursor: 11, want: 'provider:azure mem:none', at: 15 },
    { query: '-provider:aws,az', cursor: 16, want: '-provider:aws,azure ', at: 20 },
    { query: 'account:p', cursor: 9, want: 'account:"pay ments" ', at: 20 },
  ])('are put into $query where the cursor is', ({ query, cursor, want, at }) => {
    const [first] = suggest(query, cursor, facets);
    expect(first).toMatchObject({ query: want, cursor: at });
  });
});
