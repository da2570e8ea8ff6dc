import { addParts, type DayCell } from '#model/day-cell.ts';
import { CollectError } from '#model/errors.ts';
import type { MetricKey } from '#model/metric.ts';
import type { Sketch } from '#model/sketch.ts';
import { type Day, daysOf } from '#model/window.ts';
import type { NativeMetric } from './catalog.ts';
import { cellsOf, clockOf, type Scale, sketchesOf, valuesOf } from './cells.ts';
import type { Point } from './metric-reply.ts';
import type { Outcomes } from './read-batch.ts';
import type { AzureRequest, BatchCall, Target } from './request.ts';
import { type AzureResource, idKey, nativeOf } from './resource.ts';

/** What the calls of a request have brought: days as they came, points as the sketches that are made of them at once. */
export class RequestRead {
  readonly #request: AzureRequest;
  readonly #days: Outcomes[] = [];
  /** By resource and key. */
  readonly #sketches = new Map<string, Map<Day, Sketch> | CollectError>();

  constructor(request: AzureRequest) {
    this.#request = request;
  }

  add(outcomes: Outcomes, grain: BatchCall['grain']): void {
    if (grain === 'day') this.#days.push(outcomes);
    else
      for (const { resource, keys } of this.#request.targets)
        for (const key of keys) this.#sketch(resource, key, outcomes);
  }

  /** All days of one key. @throws CollectError where any of them, of any carrier, could not be read */
  cellsOf({ resource }: Target, key: MetricKey): Map<Day, DayCell> {
    const { carrier, days, wantsMin, wantsPoints } = this.#request;
    const scale = scaleOf(resource, key);
    const parts = resource.carriers[carrier].map((id) => {
      const points = pointsOf(this.#days, id, scale.native);
      return cellsOf({ ...scale, points, clock: this.#clockOf(id, scale.native), wantsMin });
    });
    const sketches = wantsPoints ? this.#sketches.get(nameOf(resource, key)) : undefined;
    if (sketches instanceof CollectError) throw sketches;
    return new Map(
      Iterator.from(daysOf(days)).map((day) => {
        const cell = addParts(parts.flatMap((cells) => cells.get(day) ?? []));
        const sketch = sketches?.get(day);
        return [day, cell.seconds === 0 || sketch === undefined ? cell : { ...cell, sketch }];
      }),
    );
  }

  /** None of its carriers is found any more: no machine is without an interface. */
  isGone({ resource }: Target): boolean {
    return resource.carriers[this.#request.carrier].every((id) =>
      this.#days.some((outcomes) => {
        const reads = outcomes.get(idKey(id));
        return reads instanceof CollectError && reads.code === 'not_found';
      }),
    );
  }

  /** The values of carriers at the same time are added. */
  #sketch(resource: AzureResource, key: MetricKey, outcomes: Outcomes): void {
    const name = nameOf(resource, key);
    const known = this.#sketches.get(name) ?? new Map<Day, Sketch>();
    if (known instanceof CollectError) return;
    try {
      const scale = scaleOf(resource, key);
      const sums = new Map<number, number>();
      for (const id of resource.carriers[this.#request.carrier]) {
        const values = valuesOf(pointsOf([outcomes], id, scale.native), scale);
        for (const [time, value] of values) sums.set(time, (sums.get(time) ?? 0) + value);
      }
      for (const [day, sketch] of sketchesOf(sums)) known.set(day, sketch);
      this.#sketches.set(name, known);
    } catch (caught) {
      this.#sketches.set(name, CollectError.from(caught));
    }
  }

  /** Where the clock could not be read, a metric is left to its own samples. */
  #clockOf(id: string, { sampleSeconds }: NativeMetric): Map<Day, number> | undefined {
    const { clock } = this.#request.family;
    if (clock === undefined || clock.sampleSeconds === sampleSeconds) return undefined;
    try {
      return clockOf(pointsOf(this.#days, id, clock), clock);
    } catch {
      return undefined;
    }
  }
}

/** @throws CollectError where one of the calls did not bring this metric of this id */
function pointsOf(calls: readonly Outcomes[], id: string, { metric }: NativeMetric): Point[] {
  return calls.flatMap((outcomes) => {
    const reads = outcomes.get(idKey(id));
    const points = reads instanceof CollectError ? reads : reads?.get(metric.toLowerCase());
    if (points instanceof CollectError) throw points;
    if (points === undefined) throw new CollectError('malformed_reply', `Azure Monitor left out ${metric}`);
    return points;
  });
}

function scaleOf(resource: AzureResource, key: MetricKey): Scale {
  const native = nativeOf(resource, key);
  if (native === undefined) throw new CollectError('internal', `${key} is not measured`);
  return { native, whole: native.reading === 'free_bytes' ? (resource.constants['memory.total'] ?? 0) : 100 };
}

function nameOf({ id }: AzureResource, key: MetricKey): string {
  return `${id} ${key}`;
}
