import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CollectError } from '#model/errors.ts';
import { decodeDay, encodeDay } from './day-codec.ts';
import { dayOfCells } from './testing/arbitraries.ts';

const storeFailed = (work: () => unknown) => {
  try {
    work();
    return true;
  } catch (caught) {
    return caught instanceof CollectError && caught.code === 'store_failed';
  }
};

describe('day codec', () => {
  it('gives back what it was given', () =>
    fc.assert(
      fc.property(dayOfCells(), (day) => {
        expect(decodeDay(encodeDay(day))).toEqual(day);
      }),
    ));

  it('rejects random bytes and never breaks on them', () =>
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.boolean(), (bytes, rightVersion) => {
        if (rightVersion) bytes[0] = 1;
        return storeFailed(() => decodeDay(bytes));
      }),
      { numRuns: 2000 },
    ));

  it('rejects a day that was cut short or changed, or reads another day', () =>
    fc.assert(
      fc.property(dayOfCells(), fc.nat(), fc.nat({ max: 255 }), (day, at, value) => {
        const bytes = encodeDay(day);
        const changed = Uint8Array.from(bytes);
        changed[at % bytes.length] = value;
        return (
          storeFailed(() => decodeDay(bytes.subarray(0, at % bytes.length))) && storeFailed(() => decodeDay(changed))
        );
      }),
    ));

  it('does not believe a length that the bytes do not hold', () => {
    const sketchOfBillions = Uint8Array.of(1, 0, 4, 0, ...new Uint8Array(16), 0, 0xff, 0xff, 0xff, 0xff, 0x7f);
    expect(() => decodeDay(sketchOfBillions)).toThrow('ends too early');
  });

  it('keeps an asked and empty day in three bytes', () => {
    expect(encodeDay(new Map([['cpu.utilization', { sum: 0, seconds: 0, max: 0 }]]))).toHaveLength(3);
  });

  it.each([1.5, -1, Number.POSITIVE_INFINITY])('refuses a sketch that counts %s points', (zeros) => {
    const cell = { sum: 1, seconds: 1, max: 1, sketch: { zeros, buckets: new Map() } };
    expect(() => encodeDay(new Map([['cpu.utilization', cell]]))).toThrow('no whole number');
  });
});
