import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Pieces } from './pieces.ts';

it('gives what it got, however it is taken', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 40 })), fc.integer({ min: 1, max: 30 }), (given, length) => {
      const pieces = new Pieces();
      const taken: Uint8Array[] = [];
      for (const piece of given) {
        pieces.add(piece);
        while (pieces.length >= length) taken.push(pieces.take(length));
      }
      expect(taken.every((each) => each.length === length)).toBe(true);
      taken.push(pieces.take(pieces.length));
      expect(pieces.length).toBe(0);
      expect(Buffer.concat(taken)).toEqual(Buffer.concat(given));
    }),
    { seed: 1 },
  );
});

it('copies nothing of a piece that is taken part by part', () => {
  const long = new Uint8Array(100);
  const pieces = new Pieces();
  pieces.add(long);
  for (let at = 0; at < 100; at += 20) {
    const { buffer, byteOffset, length } = pieces.take(20);
    expect({ isSame: buffer === long.buffer, byteOffset, length }).toEqual({
      isSame: true,
      byteOffset: at,
      length: 20,
    });
  }
});
