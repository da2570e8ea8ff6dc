import { describe, expect, it } from 'vitest';
import { placeOf, wordOf } from './day-marks.ts';

const days = ['2026-11-18', '2026-11-19', '2026-11-20', '2026-11-21'];

describe('marks of changes', () => {
  it.each([
    { at: '2026-11-18T00:00:00.000Z', place: 0 },
    { at: '2026-11-20T12:00:00.000Z', place: 0.625 },
    { at: '2026-11-22T09:00:00.000Z', place: 1 },
  ])('$at stands at $place of the chart', ({ at, place }) => {
    expect(placeOf({ at }, days)).toBe(place);
  });

  it('say what became of the server', () => {
    const change = { at: '2026-11-20T12:00:00.000Z', job: 1 };
    expect(wordOf({ ...change, what: 'size', from: 'm7i.large', to: 'm7i.xlarge' })).toBe(
      'Size m7i.large → m7i.xlarge',
    );
    expect(wordOf({ ...change, what: 'state', from: 'RUNNING', to: null })).toBe('State Running → –');
  });
});
