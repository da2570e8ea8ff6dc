import type { DayCell } from '#model/day-cell.ts';
import { CollectError } from '#model/errors.ts';
import type { MetricKey } from '#model/metric.ts';
import type { Replies } from './ask.ts';
import { type ObservedTime, observedTime } from './observed-time.ts';
import { nativesOfKey, type PlanContext } from './plan.ts';
import type { Part } from './reading.ts';
import type { Asked, PlatformRequest } from './request.ts';

/** What came of one server. */
export interface ServerReading {
  readonly asked: Asked;
  readonly times: Map<string, ObservedTime | undefined>;
  readonly outcomes: ReadonlyMap<MetricKey, DayCell | CollectError>;
}

export function readServer(
  asked: Asked,
  replies: Replies,
  { wantsMin, days }: PlatformRequest,
  context: PlanContext,
): ServerReading {
  const { provider, reading } = context;
  const { server, keys, isSecondLook } = asked;
  const times = new Map(asked.times);

  const timeBy = (counter: string | undefined): ObservedTime | undefined | CollectError => {
    if (counter === undefined || times.has(counter)) return times.get(counter ?? '');
    const points = replies.pointsOf(server.row.id, counter, ['sum', 'mean']);
    if (points instanceof CollectError) return points;
    const time = observedTime(points.sum, points.mean, provider);
    times.set(counter, time);
    return time;
  };

  const outcomeOf = (key: MetricKey): DayCell | CollectError => {
    const parts: Part[] = [];
    for (const native of nativesOfKey(server, key, isSecondLook, context)) {
      const points = replies.pointsOf(server.row.id, native.name, reading.statsOf(native, wantsMin));
      const time = timeBy(reading.counterOf(native));
      if (points instanceof CollectError) return points;
      if (time instanceof CollectError) return time;
      parts.push({ native, points, time, provider, memory: server.memoryBytes, wantsMin });
    }
    return reading.cellOf(parts, days);
  };

  return { asked, times, outcomes: new Map(keys.map((key) => [key, outcomeOf(key)])) };
}
