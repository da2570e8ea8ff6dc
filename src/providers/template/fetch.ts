import { type DayCell, emptyCell } from '#model/day-cell.ts';
import { CollectError } from '#model/errors.ts';
import type { MetricReply } from '#model/fleet.ts';
import { reasonOf } from '#model/missing.ts';
import { type Day, daysOf } from '#model/window.ts';
import type { Ask } from './ask.ts';
import type { PlannedRequest } from './plan.ts';

/** Each server that the request covers is answered, or a failure. @throws CollectError where the call failed as a whole */
export async function fetchRequest(
  ask: Ask,
  { ids, days, covers }: PlannedRequest,
  account: string,
  signal: AbortSignal,
): Promise<MetricReply<PlannedRequest>> {
  const reply = await ask.metrics(ids, days.from, days.to, signal);
  const failed = new Map(reply.failed.map(({ id, message }) => [id, message]));
  const found = Map.groupBy(reply.days, ({ id }) => id);
  const outcomes = covers.flatMap(({ resourceId, keys }) => keys.map((key) => ({ resourceId, key })));
  return {
    answers: outcomes
      .filter(({ resourceId }) => !failed.has(resourceId))
      .map((outcome) => {
        // A day without a point was asked for, and is empty.
        const cells = new Map<Day, DayCell>([...daysOf(days)].map((day) => [day, emptyCell]));
        for (const { day, mean, seconds, max, min } of found.get(outcome.resourceId) ?? [])
          if (cells.has(day) && seconds > 0) cells.set(day, { sum: mean * seconds, seconds, max, min });
        return { ...outcome, cells };
      }),
    failures: outcomes.flatMap((outcome) => {
      const message = failed.get(outcome.resourceId);
      if (message === undefined) return [];
      const error = new CollectError('unavailable', `template_cloud:metrics: ${message}`, { where: account });
      return [{ ...outcome, reason: reasonOf(error), error }];
    }),
    followUps: [],
  };
}
