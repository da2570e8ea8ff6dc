import { type DayRange, dayCount, daySeconds } from '#model/window.ts';
import { pointSecondsAt, type Sampling } from './catalog.ts';

/** One stage of timeSeries.list's aggregation: series aligned to a period, then those of one resource made into one. */
interface Stage {
  readonly aligner: 'ALIGN_COUNT' | 'ALIGN_SUM' | 'ALIGN_MEAN' | 'ALIGN_MAX' | 'ALIGN_MIN';
  readonly periodSeconds: number;
}

/** How the samples of a resource become one value a bucket. */
export interface Aggregation {
  readonly first: Stage & { readonly reducer: 'REDUCE_SUM' | 'REDUCE_MEAN' | 'REDUCE_MAX' | 'REDUCE_MIN' };
  readonly second?: Stage;
  /** From what is answered to the native unit, for amounts per second. */
  readonly factor: number;
}

export type Stat = 'count' | 'sum' | 'mean' | 'max' | 'min';

/** What a day's average is made of: a sum, which needs the number of samples, or the mean of a metric with samples of its own. */
export function middleOf(sampling: Sampling): 'sum' | 'mean' {
  return sampling === 'levels' ? 'mean' : 'sum';
}

/**
 * A day's statistic of a metric, over all series of a resource (disks, ways of traffic, databases, names that it had).
 *
 * Rates are made of sums by the sample. ALIGN_RATE would draw a line over the time that a server did not run, and so find a
 * peak that never was.
 *
 * @param sampleSeconds distance of samples; where it is not a minute, days of samples of a minute are made alike first
 */
export function dailyOf(stat: Stat, sampling: Sampling, sampleSeconds: 60 | 600): Aggregation {
  if (sampling === 'levels') {
    return {
      first: { aligner: 'ALIGN_MEAN', periodSeconds: sampleSeconds, reducer: 'REDUCE_SUM' },
      second: { aligner: aligners[stat], periodSeconds: daySeconds },
      factor: 1,
    };
  }
  if (sampling === 'amount') {
    if (stat === 'sum') return direct('ALIGN_SUM', 'REDUCE_SUM');
    return {
      first: { aligner: 'ALIGN_SUM', periodSeconds: sampleSeconds, reducer: 'REDUCE_SUM' },
      second: { aligner: aligners[stat], periodSeconds: daySeconds },
      factor: 1 / sampleSeconds,
    };
  }
  if (stat === 'max') return direct('ALIGN_MAX', 'REDUCE_MAX');
  if (stat === 'min') return direct('ALIGN_MIN', 'REDUCE_MIN');
  if (sampleSeconds === 60) return direct(aligners[stat], 'REDUCE_SUM');
  return {
    first: { aligner: 'ALIGN_MEAN', periodSeconds: sampleSeconds, reducer: 'REDUCE_MEAN' },
    second: { aligner: aligners[stat], periodSeconds: daySeconds },
    factor: 1,
  };
}

/** The course of a metric, for percentiles. */
export function pointsOf(sampling: Sampling, sampleSeconds: 60 | 600): Aggregation {
  const periodSeconds = pointSecondsAt(sampleSeconds);
  return sampling === 'amount'
    ? { first: { aligner: 'ALIGN_SUM', periodSeconds, reducer: 'REDUCE_SUM' }, factor: 1 / periodSeconds }
    : {
        first: { aligner: 'ALIGN_MEAN', periodSeconds, reducer: sampling === 'levels' ? 'REDUCE_SUM' : 'REDUCE_MEAN' },
        factor: 1,
      };
}

/** Whether there is any sample in a range of days. */
export function presenceIn(days: DayRange): Aggregation {
  const periodSeconds = dayCount(days) * daySeconds;
  return { first: { aligner: 'ALIGN_COUNT', periodSeconds, reducer: 'REDUCE_SUM' }, factor: 1 };
}

/** Length of the buckets that come back, in seconds. */
export function bucketSecondsOf({ first, second }: Aggregation): number {
  return (second ?? first).periodSeconds;
}

const aligners = {
  count: 'ALIGN_COUNT',
  sum: 'ALIGN_SUM',
  mean: 'ALIGN_MEAN',
  max: 'ALIGN_MAX',
  min: 'ALIGN_MIN',
} as const satisfies Record<Stat, Stage['aligner']>;

function direct(aligner: Stage['aligner'], reducer: Aggregation['first']['reducer']): Aggregation {
  return { first: { aligner, periodSeconds: daySeconds, reducer }, factor: 1 };
}

/** As parameters of the call. @param groupBy label paths that tell one resource from another */
export function paramsOf(
  { first, second }: Aggregation,
  groupBy: readonly string[],
): Record<string, string | readonly string[]> {
  return {
    'aggregation.alignmentPeriod': `${first.periodSeconds}s`,
    'aggregation.perSeriesAligner': first.aligner,
    'aggregation.crossSeriesReducer': first.reducer,
    'aggregation.groupByFields': groupBy,
    ...(second === undefined
      ? {}
      : {
          'secondaryAggregation.alignmentPeriod': `${second.periodSeconds}s`,
          'secondaryAggregation.perSeriesAligner': second.aligner,
        }),
  };
}
