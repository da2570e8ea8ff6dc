import { text } from '../text.ts';

/** What counts by a policy: `p99.5`, or the maximum. */
export function percentileName(percentile: number): string {
  if (percentile === 1) return text.rightsizing.maximum;
  return text.rightsizing.percentile(String(Number((percentile * 100).toFixed(4))));
}
