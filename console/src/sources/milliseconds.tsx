import { formatMetric } from '../format.ts';

/** Estimated: two digits say as much as is known. */
export function Milliseconds({ value }: { value: number | null }) {
  if (value === null) return <span className="missing">–</span>;
  return <>{formatMetric('requests.latency', Number(value.toPrecision(2)) / 1000)}</>;
}
