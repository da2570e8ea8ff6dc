import { type MetricKey, metrics, type Unit } from '#model/metric.ts';

const byteUnits = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];

/** A value in its metric's unit, for people: `3.4 %`, `1.2 MB/s`, `7.5 GiB`. */
export function formatValue(key: MetricKey, value: number): string {
  const unit: Unit = metrics[key].unit;
  switch (unit) {
    case 'percent':
      return `${shortNumber(value)} %`;
    case 'bytes':
      return `${shortNumber(value / 2 ** 30)} GiB`;
    case 'bytes_per_second':
      return `${formatBytes(value)}/s`;
    case 'per_second':
      return `${shortNumber(value)} /s`;
    case 'seconds':
      return value < 1 ? `${shortNumber(value * 1000)} ms` : `${shortNumber(value)} s`;
    case 'count':
      return shortNumber(value);
  }
}

/** Decimal units: 1 kB is 1,000 bytes. */
function formatBytes(bytes: number): string {
  const step = bytes < 1 ? 0 : Math.min(byteUnits.length - 1, Math.floor(Math.log10(bytes) / 3));
  return `${shortNumber(bytes / 1000 ** step)} ${byteUnits[step]}`;
}

/** Three significant digits; whole from 1,000 on. */
function shortNumber(value: number): string {
  return value >= 1000 ? formatCount(Math.round(value)) : Number(value.toPrecision(3)).toString();
}

export function formatCount(count: number): string {
  return count.toLocaleString('en-US');
}

/** `$0.41`; below a cent `<$0.01`. */
export function formatUsd(usd: number): string {
  if (usd === 0) return '$0';
  return usd < 0.01 ? '<$0.01' : `$${usd.toFixed(2)}`;
}

/** `about 55 s`, `about 2 min 10 s`. */
export function aboutSeconds(seconds: number): string {
  if (seconds < 1) return 'under 1 s';
  return `about ${formatSeconds(seconds)}`;
}

/** `55 s`, `2 min 10 s`, `1 h 40 min` */
export function formatSeconds(exact: number): string {
  const seconds = Math.round(exact);
  if (seconds < 90) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 90 ? `${minutes} min ${seconds % 60} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** @param several the noun of all numbers but one */
export function plural(count: number, noun: string, several = `${noun}s`): string {
  return `${formatCount(count)} ${count === 1 ? noun : several}`;
}
