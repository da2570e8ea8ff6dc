import { expect, it } from 'vitest';
import { renderTable } from './table.ts';

const columns = [
  { title: 'NAME', value: ([name]: readonly [string, string]) => name },
  { title: 'N', value: ([, n]: readonly [string, string]) => n, alignRight: true },
];

it.each([
  { name: 'plain text', text: 'web-1', want: 'web-1   12' },
  { name: 'signs of one column', text: '✓ a–b', want: '✓ a–b   12' },
  { name: 'Hangul, two columns a syllable', text: '결제', want: '결제    12' },
  { name: 'an emoji', text: '🚀', want: '🚀      12' },
])('lines up $name', ({ text, want }) => {
  const [, row] = renderTable(columns, [[text, '12'] as const, ['longer', '3'] as const]).split('\n');
  expect(row).toBe(want);
});
