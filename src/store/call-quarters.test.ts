import { describe, expect, it } from 'vitest';
import { bandBoundsMs, bandOf, type CallQuarter } from './call-quarters.ts';
import { openTestStore } from './testing/open-test-store.ts';

const bands = (at: number, count: number) =>
  Array.from({ length: bandBoundsMs.length + 1 }, (_, band) => (band === at ? count : 0));

const seen: CallQuarter = {
  provider: 'aws',
  account: '1',
  region: 'eu-west-1',
  quarter: 100,
  calls: 10,
  failed: 2,
  throttled: 1,
  error: 'access_denied',
  bands: bands(2, 10),
};

describe('call quarters', () => {
  it('adds to what is there, and keeps the last error that there was', async () => {
    const { callQuarters } = await openTestStore();
    await callQuarters.add([seen]);
    await callQuarters.add([{ ...seen, calls: 5, failed: 0, throttled: 0, error: null, bands: bands(11, 5) }]);
    expect(await callQuarters.byRegion(0)).toEqual([
      {
        provider: 'aws',
        region: 'eu-west-1',
        quarter: 100,
        accounts: 1,
        busiest: 15,
        calls: 15,
        failed: 2,
        throttled: 1,
        error: 'access_denied',
        bands: bands(2, 10).with(11, 5),
      },
    ]);
  });

  it('sums accounts up by region and quarter, since a quarter', async () => {
    const { callQuarters } = await openTestStore();
    const accounts = Array.from({ length: 450 }, (_, at) => ({ ...seen, account: String(at), calls: at }));
    await callQuarters.add([...accounts, { ...seen, quarter: 99 }, { ...seen, region: 'us-east-1', error: null }]);
    const found = await callQuarters.byRegion(100);
    expect(found.map(({ region, accounts, busiest, calls }) => [region, accounts, busiest, calls])).toEqual([
      ['eu-west-1', 450, 449, (450 * 449) / 2],
      ['us-east-1', 1, 10, 10],
    ]);
  });

  it('tells of accounts, those that failed most first', async () => {
    const { callQuarters } = await openTestStore();
    await callQuarters.add([
      seen,
      { ...seen, quarter: 101 },
      { ...seen, account: '2', failed: 9 },
      { ...seen, account: '3', region: 'us-east-1', failed: 1 },
      { ...seen, provider: 'azure', account: '4' },
    ]);
    const of = async (asked: object) =>
      (await callQuarters.byAccount({ provider: 'aws', since: 0, limit: 9, ...asked })).map(
        ({ account, failed, last }) => [account, failed, last],
      );
    expect(await of({})).toEqual([
      ['2', 9, 100],
      ['1', 4, 101],
      ['3', 1, 100],
    ]);
    expect(await of({ region: 'us-east-1' })).toEqual([['3', 1, 100]]);
    expect(await of({ limit: 1, since: 101 })).toEqual([['1', 2, 101]]);
  });

  it('forgets what is older than is kept', async () => {
    const { callQuarters } = await openTestStore();
    await callQuarters.add([seen, { ...seen, quarter: 101 }]);
    await callQuarters.forget(101);
    expect((await callQuarters.byRegion(0)).map(({ quarter }) => quarter)).toEqual([101]);
  });
});

it.each([
  [0, 0],
  [25, 0],
  [25.1, 1],
  [25_600, 10],
  [60_000, 11],
])('puts %s ms into band %s', (tookMs, band) => expect(bandOf(tookMs)).toBe(band));
