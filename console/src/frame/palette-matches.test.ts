import { describe, expect, it } from 'vitest';
import { matches, optionAfter, serverQueryOf } from './palette-matches.ts';

const commands = [{ label: 'Go to: Rightsizing' }, { label: 'Theme: Dark' }, { label: '이동: 서버' }];

describe('what the palette offers', () => {
  it.each([
    { typed: '', want: ['Go to: Rightsizing', 'Theme: Dark', '이동: 서버'] },
    { typed: 'DARK theme', want: ['Theme: Dark'] },
    { typed: ' 서버 ', want: ['이동: 서버'] },
    { typed: 'dark go', want: [] },
  ])('for "$typed"', ({ typed, want }) => {
    expect(matches(commands, typed).map(({ label }) => label)).toEqual(want);
  });

  it.each([
    { typed: 'web-1', want: '"web-1"' },
    { typed: ' web 1 ', want: '"web 1"' },
    { typed: 'arn:aws:x', want: '"arn:aws:x"' },
    { typed: 'say "no', want: '"say no"' },
    { typed: ' " ', want: undefined },
  ])('asks the server for $typed as $want', ({ typed, want }) => {
    expect(serverQueryOf(typed)).toBe(want);
  });

  it.each([
    { key: 'ArrowDown', from: 2, want: 0 },
    { key: 'ArrowUp', from: 0, want: 2 },
    { key: 'PageDown', from: 0, want: 2 },
    { key: 'PageUp', from: 2, want: 0 },
    { key: 'a', from: 1, want: undefined },
  ])('$key leads from $from to $want of three', ({ key, from, want }) => {
    expect(optionAfter(key, from, 3)).toBe(want);
  });

  it('leads nowhere among none', () => {
    expect(optionAfter('ArrowDown', 0, 0)).toBeUndefined();
  });
});
