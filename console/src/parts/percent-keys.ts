import type { PercentKey } from '../../../src/store/record-shapes.ts';
import { formatPercent } from '../format.ts';
import { text } from '../text.ts';
import type { PercentRange } from './hexbin-geometry.ts';

/** Measures that charts of many servers can show, as the query names them. */
export const percentKeys = [
  'cpu.avg',
  'cpu.max',
  'cpu.p95',
  'mem.avg',
  'mem.max',
  'mem.p95',
] as const satisfies readonly PercentKey[];

const labels: Readonly<Record<PercentKey, string>> = {
  'cpu.avg': `${text.fleet.cpu} ${text.statistics.avg}`,
  'cpu.max': `${text.fleet.cpu} ${text.statistics.max}`,
  'cpu.p95': `${text.fleet.cpu} ${text.statistics.p95}`,
  'mem.avg': `${text.fleet.memory} ${text.statistics.avg}`,
  'mem.max': `${text.fleet.memory} ${text.statistics.max}`,
  'mem.p95': `${text.fleet.memory} ${text.statistics.p95}`,
};

export function keyLabel(key: PercentKey): string {
  return labels[key];
}

/** A term of the query with both ends: `cpu.avg:1.4..4.2`. */
export function closedTerm(key: PercentKey, { from, to }: PercentRange): string {
  return to === null ? `${key}:>=${from}` : `${key}:${from}..${to}`;
}

/** A term of the query whose end is not part of it; one of two where both ends say something. */
export function openTerm(key: PercentKey, { from, to }: PercentRange): string {
  const start = from === 0 && to !== null ? [] : [`${key}:>=${from}`];
  return [...start, ...(to === null ? [] : [`${key}:<${to}`])].join(' ');
}

/** `4.2–6.9 %` */
export function formatRange({ from, to }: PercentRange): string {
  return to === null ? `≥ ${formatPercent(from)}` : `${formatPercent(from).replace(/\s?%$/, '')}–${formatPercent(to)}`;
}
