import { describe, expect, it } from 'vitest';
import { formatAgo, formatMetric, formatPart, formatSpan, formatUsd } from './format.ts';

/** With a plain blank between number and unit. */
const plain = (text: string) => text.replaceAll('\u202f', ' ');

describe('formatMetric', () => {
  it.each([
    ['cpu.utilization', 0, '0.0 %'],
    ['cpu.utilization', 0.01, '<0.1 %'],
    ['cpu.utilization', 3.44, '3.4 %'],
    ['cpu.utilization', 100, '100.0 %'],
    ['disk.read_throughput', 0, '0 B/s'],
    ['disk.read_throughput', 8_149, '8.1 kB/s'],
    ['disk.read_throughput', 999_999, '1.0 MB/s'],
    ['disk.read_throughput', 47_600_000, '48 MB/s'],
    ['disk.read_iops', 0.02, '<0.1 /s'],
    ['disk.read_iops', 1_240, '1.2 k/s'],
    ['memory.total', 8 * 2 ** 30, '8.0 GiB'],
    ['memory.total', 16 * 2 ** 30, '16 GiB'],
  ] as const)('writes %s %d as %s', (key, value, want) => expect(plain(formatMetric(key, value))).toBe(want));
});

it.each([
  [0, '0 %'],
  [0.0001, '1 %'],
  [0.5, '50 %'],
  [0.9999, '99 %'],
  [1, '100 %'],
])('a part of %d is %s: few are not none, nearly all is not all', (part, want) => {
  expect(plain(formatPart(part))).toBe(want);
});

it.each([
  [0, '$0.00'],
  [0.00001, '<$0.0001'],
  [0.0231, '$0.0231'],
  [1.412, '$1.41'],
])('%d dollars are %s', (usd, want) => expect(formatUsd(usd)).toBe(want));

it.each([
  [7.2, '7 s'],
  [59.8, '1 min 0 s'],
  [111, '1 min 51 s'],
  [7500, '2 h 5 min'],
])('%d seconds are %s', (seconds, want) => expect(plain(formatSpan(seconds))).toBe(want));

it('tells how long ago', () => {
  expect(formatAgo('2026-11-22T00:00:00Z', Date.parse('2026-11-22T00:12:40Z'))).toBe('12 minutes ago');
});
