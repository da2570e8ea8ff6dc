import { z } from 'zod';
import { CollectError } from '#model/errors.ts';
import { idKey } from './resource.ts';

/** One bucket. An aggregation is absent where there was no sample, or it was not asked for. */
const Point = z.object({
  timeStamp: z.string(),
  average: z.number().nullish(),
  maximum: z.number().nullish(),
  minimum: z.number().nullish(),
  total: z.number().nullish(),
  count: z.number().nullish(),
});
export type Point = z.infer<typeof Point>;

const Metric = z.object({
  name: z.object({ value: z.string() }),
  errorCode: z.string().nullish(),
  errorMessage: z.string().nullish(),
  timeseries: z.array(z.object({ data: z.array(Point) })),
});
type Metric = z.infer<typeof Metric>;

/** Of metrics:getBatch. */
export const BatchReply = z.object({ values: z.array(z.object({ resourceid: z.string(), value: z.array(Metric) })) });

/** Of the metrics API of a single resource. */
export const SingleReply = z.object({ value: z.array(Metric) });

/** What was read of one resource: its metrics by name, in small letters. */
export type MetricReads = ReadonlyMap<string, readonly Point[] | CollectError>;

export function readsOf(metrics: readonly Metric[], where: string): MetricReads {
  return new Map(metrics.map((metric) => [metric.name.value.toLowerCase(), pointsOf(metric, where)]));
}

export function readsById({ values }: z.infer<typeof BatchReply>, where: string): ReadonlyMap<string, MetricReads> {
  return new Map(values.map(({ resourceid, value }) => [idKey(resourceid), readsOf(value, where)]));
}

/** No series is no data; more than one was not asked for. */
function pointsOf(
  { name, errorCode, errorMessage, timeseries }: Metric,
  where: string,
): readonly Point[] | CollectError {
  if (errorCode && errorCode !== 'Success') {
    const said = errorMessage ? `${errorCode}: ${errorMessage}` : errorCode;
    const code = /throttl|429|529/i.test(errorCode) ? 'rate_limited' : 'unavailable';
    return new CollectError(code, `Azure Monitor could not read ${name.value}: ${said}`, {
      where,
      fix: 'run `fleetgauge collect --resume` later',
    });
  }
  if (timeseries.length > 1)
    return new CollectError('malformed_reply', `Azure Monitor split ${name.value}, which was not asked for`, { where });
  return timeseries[0]?.data ?? [];
}
