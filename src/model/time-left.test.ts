import fc from 'fast-check';
import { expect, it } from 'vitest';
import { partOfCalls, secondsLeft } from './time-left.ts';

it.each([
  { name: 'half of it', pace: { seconds: 60, calls: 50, plannedCalls: 100 }, left: 60 },
  { name: 'nearly all', pace: { seconds: 90, calls: 90, plannedCalls: 100 }, left: 10 },
  { name: 'too little to tell', pace: { seconds: 9, calls: 2, plannedCalls: 100 }, left: undefined },
  { name: 'all calls made', pace: { seconds: 9, calls: 100, plannedCalls: 100 }, left: undefined },
  { name: 'more calls than planned', pace: { seconds: 9, calls: 130, plannedCalls: 100 }, left: undefined },
  { name: 'no call planned', pace: { seconds: 9, calls: 0, plannedCalls: 0 }, left: undefined },
])('tells what is left of a run: $name', ({ pace, left }) => {
  const told = secondsLeft(pace);
  if (left === undefined) expect(told).toBeUndefined();
  else expect(told).toBeCloseTo(left, 9);
});

it('is right for every run that keeps its pace', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1e6 }), fc.double({ min: 0, max: 1e5, noNaN: true }), (plannedCalls, all) => {
      const calls = Math.floor(plannedCalls * 0.7);
      const seconds = all * partOfCalls({ calls, plannedCalls });
      const left = secondsLeft({ seconds, calls, plannedCalls });
      if (left !== undefined) expect(seconds + left).toBeCloseTo(all, 5);
    }),
  );
});
