import { describe, expect, it } from 'vitest';
import { joinStretches } from '#model/day-cell.ts';
import { aws } from './catalog/aws.ts';
import type { NativeMetric } from './catalog/platform-provider.ts';
import { type CellContext, nativeCells, type Points } from './native-cell.ts';

const level: NativeMetric = { name: 'm', sampling: 'level', counter: 'c' };
const amount: NativeMetric = { name: 'm', sampling: 'amount', counter: 'c' };
const points = (some: Partial<Points>): Points => ({ mean: [], max: [], min: [], sum: [], ...some });
const context: CellContext = {
  provider: aws,
  time: { seconds: [86_400, 43_200], distances: [300, 60] },
  memory: 1000,
  wantsMin: false,
};

const nativeCell = (native: NativeMetric, some: Points, where: CellContext) =>
  joinStretches(nativeCells(native, some, where));

describe('a level', () => {
  it('is weighted by the time observed, and has the highest maximum', () => {
    const { sum, seconds, max } = nativeCell(level, points({ mean: [10, 40], max: [30, 90] }), context);
    expect(sum / seconds).toBeCloseTo((10 * 2 + 40 * 1) / 3, 10);
    expect([seconds, max]).toEqual([129_600, 90]);
  });

  it('of fewer points than the counter has counts each alike', () => {
    const { sum, seconds } = nativeCell(level, points({ mean: [10], max: [30] }), context);
    expect([sum / seconds, seconds]).toEqual([10, 64_800]);
  });

  it('leaves out points that are none, and days on which the server was not observed', () => {
    const time = { seconds: [86_400, 0, 86_400], distances: [60, 60, 60] };
    const cell = nativeCell(level, points({ mean: [10, 0, Number.NaN], max: [30, 99, 40] }), { ...context, time });
    expect([cell.sum / cell.seconds, cell.seconds, cell.max]).toEqual([10, 86_400, 30]);
  });

  it('that is what is left of memory is turned round: the highest use is where the least was left', () => {
    const rest: NativeMetric = { ...level, isRest: true };
    const time = { seconds: [86_400], distances: [60] };
    const both = points({ mean: [600], min: [100], max: [900] });
    const used = nativeCell(rest, both, { ...context, time, wantsMin: true });
    expect([used.sum / used.seconds, used.max, used.min]).toEqual([400, 900, 100]);
    const share = nativeCell({ ...rest, isShare: true }, both, { ...context, time, memory: 2000 });
    expect([share.sum / share.seconds, share.max]).toEqual([70, 95]);
  });
});

describe('an amount', () => {
  it('is what was moved over the time observed, and its maximum over the length of its sample', () => {
    const { sum, seconds, max } = nativeCell(amount, points({ sum: [864_000, 43_200], max: [600, 600] }), context);
    expect(sum / seconds).toBeCloseTo(907_200 / 129_600, 10);
    expect(max).toBe(10);
  });

  it('of a day whose samples are of unknown length is left out, unless there is no other', () => {
    const some = points({ sum: [864_000, 43_200], max: [600, 600] });
    const unclear = { seconds: [86_400, 43_200], distances: [300, undefined] };
    const cell = nativeCell(amount, some, { ...context, time: unclear });
    expect([cell.sum / cell.seconds, cell.seconds, cell.max]).toEqual([10, 86_400, 2]);
    const both = { seconds: [86_400, 43_200], distances: [undefined, undefined] };
    expect(nativeCell(amount, some, { ...context, time: both })).toMatchObject({ seconds: 129_600, max: 2 });
  });
});

it('without points there is nothing, and never 0', () => {
  for (const native of [level, amount]) expect(nativeCell(native, points({}), context).seconds).toBe(0);
  expect(nativeCell(level, points({ mean: [1] }), context).seconds).toBe(0);
});
