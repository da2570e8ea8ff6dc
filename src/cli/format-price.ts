import type { Price } from '#model/provider.ts';
import { formatCount } from './format.ts';

/** `$0.01 for 1,000 × metric asked of GetMetricData (Amazon CloudWatch pricing, read 2026-11-22)` */
export function formatPrice({ of, usd, per, note, source, readOn }: Price): string {
  const price = `$${Number(usd.toPrecision(6))} for ${formatCount(per)} × ${of} (${source}, read ${readOn})`;
  return note === undefined ? price : `${price}\n  ${note}`;
}
