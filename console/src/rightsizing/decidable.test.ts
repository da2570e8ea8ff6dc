import { describe, expect, it } from 'vitest';
import { decidableOf } from './decidable.ts';

const stop = { action: 'stop' } as const;

describe('decidableOf', () => {
  it.each([
    { name: 'open, with a suggestion', row: { state: 'open', suggestion: stop } as const, can: ['accept', 'postpone'] },
    { name: 'open, nothing suggested', row: { state: 'open', suggestion: null } as const, can: ['postpone'] },
    { name: 'accepted', row: { state: 'accepted', suggestion: stop } as const, can: ['postpone', 'reopen'] },
    { name: 'snoozed', row: { state: 'snoozed', suggestion: stop } as const, can: ['accept', 'postpone', 'reopen'] },
    { name: 'carried out', row: { state: 'verified', suggestion: null } as const, can: [] },
    { name: 'nothing to decide', row: { state: null, suggestion: null } as const, can: [] },
  ])('$name', ({ row, can }) => {
    const offered = Object.entries(decidableOf([{ id: 7, ...row }]));
    expect(offered.filter(([, ids]) => ids.length > 0).map(([name]) => name)).toEqual(can);
    expect(offered.flatMap(([, ids]) => ids).every((id) => id === 7)).toBe(true);
  });
});
