import fc from 'fast-check';
import { expect, it } from 'vitest';
import { lotsOf, type Place } from './lots.ts';

const pageSize = 1000;

const places = fc
  .uniqueArray(
    fc.record({
      subscription: fc.nat(12).map((n) => `s${n}`),
      region: fc.constantFrom('eastus', 'westeurope', 'japaneast', 'uksouth'),
      count: fc.oneof(fc.nat(20), fc.nat(1200), fc.nat(5000)),
    }),
    { selector: ({ subscription, region }) => `${subscription}/${region}`, maxLength: 40 },
  )
  .map((list): Place[] => list);

it('deals each place to one query, whose filter holds it and nothing else', () => {
  fc.assert(
    fc.property(places, (all) => {
      const lots = lotsOf(all, pageSize, 1000);
      expect(lots.flatMap((lot) => lot.places).toSorted(byName)).toEqual(all.toSorted(byName));
      for (const { subscriptions, regions, places: own } of lots) {
        const found = all.filter(
          ({ subscription, region }) =>
            subscriptions.includes(subscription) && (regions === undefined || regions.includes(region)),
        );
        expect(found.toSorted(byName)).toEqual([...own].sort(byName));
      }
    }),
  );
});

it('keeps a lot within a page, but for a place that fills pages by itself', () => {
  fc.assert(
    fc.property(places, (all) => {
      for (const { places: own } of lotsOf(all, pageSize, 1000)) {
        if (own.length > 1) expect(totalOf(own)).toBeLessThanOrEqual(pageSize);
      }
    }),
  );
});

it('takes fewer than twice the pages that are needed, and one for each subscription', () => {
  fc.assert(
    fc.property(places, (all) => {
      const lots = lotsOf(all, pageSize, 1000);
      const pages = lots.reduce((sum, lot) => sum + Math.max(1, Math.ceil(totalOf(lot.places) / pageSize)), 0);
      const subscriptions = new Set(all.map(({ subscription }) => subscription)).size;
      expect(pages).toBeLessThanOrEqual(2 * Math.ceil(totalOf(all) / pageSize) + 1 + subscriptions);
    }),
  );
});

it('takes 10 queries for 10,000 machines in 100 small subscriptions of 5 regions', () => {
  const regions = ['eastus', 'westeurope', 'japaneast', 'uksouth', 'westus2'];
  const all = Array.from({ length: 500 }, (_, n) => ({
    subscription: `s${String(Math.floor(n / 5)).padStart(3, '0')}`,
    region: regions[n % 5] ?? '',
    count: 20,
  }));
  expect(lotsOf(all, pageSize, 1000)).toHaveLength(10);
  expect(lotsOf(all, pageSize, 7)).toHaveLength(15);
});

function totalOf(list: readonly Place[]): number {
  return list.reduce((sum, { count }) => sum + count, 0);
}

function byName(a: Place, b: Place): number {
  return `${a.subscription}/${a.region}` < `${b.subscription}/${b.region}` ? -1 : 1;
}
