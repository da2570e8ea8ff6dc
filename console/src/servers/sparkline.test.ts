import { expect, it } from 'vitest';
import { sparkPath } from './sparkline.tsx';

it.each([
  { name: 'joins days', days: [0, 50], want: 'M0.5 100L1.5 50' },
  { name: 'leaves gaps open', days: [10, 20, null, 30, 40], want: 'M0.5 90L1.5 80M3.5 70L4.5 60' },
  { name: 'shows a single day', days: [null, 25, null], want: 'M1.2 75h0.6' },
  { name: 'is nothing where nothing is known', days: [null, null], want: '' },
  { name: 'ends at 100 %', days: [250, 250], want: 'M0.5 0L1.5 0' },
])('a sparkline $name', ({ days, want }) => {
  expect(sparkPath(days)).toBe(want);
});
