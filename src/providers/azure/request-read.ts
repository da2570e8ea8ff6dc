import { addParts, type DayCell, emptyCell } from '#model/day-cell.ts';
import { CollectError } from '#model/errors.ts';
import type { MetricKey } from '#model/metric.ts';
import type { Sketch } from '#model/sketch.ts';
import { type Day, type DayRange, dayAt, daysOf } from '#model/window.ts';
import { averagesOf, type Buckets, daysOfBuckets, eventsOf, hoursOf, instancesOf } from './buckets.ts';
import { cellsOf, clockOf, type Scale, sketchesOf, valuesOf } from './cells.ts';
import type { Point } from './metric-reply.ts';
import type { Shape } from './native-metric.ts';
import type { Outcomes } from './read-batch.ts';
import type { AzureRequest, BatchCall, Target } from './request.ts';
import { type AzureResource, idKey, nativeOf, wholeOf } from './resource.ts';

/** By key of a resource; an error where any call did not bring it. */
type Found<T> = Map<string, Map<Day, T> | CollectError>;

/** What the calls of a request have brought: the days and sketches that are made of each as it comes. */
export class RequestRead {
  readonly #request: AzureRequest;
  readonly #cells: Found<DayCell> = new Map();
  readonly #sketches: Found<Sketch> = new Map();
  /** Ids that Azure does not find, by `idKey`. */
  readonly #gone = new Set<string>();
  /** Of resources whose samples are not counted: the hours in which the clock went, by `idKey`. */
  readonly #hours = new Map<string, number[]>();

  constructor(request: AzureRequest) {
    this.#request = request;
  }

  /** Calls are added in the order of `callsOf`. */
  add(outcomes: Outcomes, call: BatchCall): void {
    for (const [id, reads] of outcomes)
      if (reads instanceof CollectError && reads.code === 'not_found') this.#gone.add(id);
    if (call.purpose === 'cells') this.#noteHours(outcomes, call);
    for (const { resource, keys } of this.#request.targets) {
      for (const key of keys) {
        const scale = scaleOf(resource, key);
        if (!call.metrics.includes(scale.native.metric)) continue;
        if (call.purpose === 'points') this.#takePoints(resource, key, scale, outcomes);
        else this.#takeCells(resource, key, scale, outcomes, call.days);
      }
    }
  }

  /** All days of one key. @throws CollectError where any of them, of any carrier, could not be read */
  cellsOf({ resource }: Target, key: MetricKey): Map<Day, DayCell> {
    const { days, wantsPoints } = this.#request;
    const cells = this.#cells.get(nameOf(resource, key));
    const sketches = wantsPoints ? this.#sketches.get(nameOf(resource, key)) : undefined;
    if (cells instanceof CollectError) throw cells;
    if (sketches instanceof CollectError) throw sketches;
    return new Map(
      Iterator.from(daysOf(days)).map((day) => {
        const cell = cells?.get(day) ?? emptyCell;
        const sketch = sketches?.get(day);
        return [day, cell.seconds === 0 || sketch === undefined ? cell : { ...cell, sketch }];
      }),
    );
  }

  /** None of its carriers is found any more: no machine is without an interface. */
  isGone({ resource }: Target): boolean {
    return resource.carriers[this.#request.family.carrier].every((id) => this.#gone.has(idKey(id)));
  }

  #noteHours(outcomes: Outcomes, { metrics }: BatchCall): void {
    const { clock } = this.#request.family;
    if (clock?.shape !== 'hours' || !metrics.includes(clock.metric)) return;
    for (const id of outcomes.keys()) {
      try {
        const points = pointsOf(outcomes, id, clock.metric);
        const hours = hoursOf({ native: clock, whole: 100, wantsMin: false, points });
        this.#hours.set(id, [...(this.#hours.get(id) ?? []), ...hours.keys()]);
      } catch {
        // Then events are left to the time in which there were any.
      }
    }
  }

  #takeCells(resource: AzureResource, key: MetricKey, scale: Scale, outcomes: Outcomes, days: DayRange): void {
    const { family, wantsPoints } = this.#request;
    const name = nameOf(resource, key);
    const ids = resource.carriers[family.carrier];
    const { shape } = scale.native;
    if (shape === 'samples') {
      put(this.#cells, name, () => {
        const parts = ids.map((id) => this.#daysOf(id, scale, outcomes));
        return Iterator.from(daysOf(days)).map((day) => [
          day,
          addParts(parts.flatMap((cells) => cells.get(day) ?? [])),
        ]);
      });
      return;
    }
    // Only machines have several carriers.
    const [id = ''] = ids;
    let buckets: Buckets = new Map();
    put(this.#cells, name, () => {
      buckets = this.#bucketsOf(shape, id, scale, outcomes, days);
      return daysOfBuckets(buckets);
    });
    if (wantsPoints && shape !== 'hours') put(this.#sketches, name, () => sketchesOf(averagesOf(buckets)));
  }

  /** The values of carriers at the same time are added. */
  #takePoints(resource: AzureResource, key: MetricKey, scale: Scale, outcomes: Outcomes): void {
    put(this.#sketches, nameOf(resource, key), () => {
      const sums = new Map<number, number>();
      for (const id of resource.carriers[this.#request.family.carrier]) {
        const values = valuesOf(pointsOf(outcomes, id, scale.native.metric), scale);
        for (const [time, value] of values) sums.set(time, (sums.get(time) ?? 0) + value);
      }
      return sketchesOf(sums);
    });
  }

  #daysOf(id: string, scale: Scale, outcomes: Outcomes): Map<Day, DayCell> {
    const points = pointsOf(outcomes, id, scale.native.metric);
    return cellsOf({ ...scale, points, clock: this.#clockOf(id, scale, outcomes), wantsMin: this.#request.wantsMin });
  }

  #bucketsOf(shape: Exclude<Shape, 'samples'>, id: string, scale: Scale, outcomes: Outcomes, days: DayRange): Buckets {
    const { wantsMin } = this.#request;
    const series = { ...scale, points: pointsOf(outcomes, id, scale.native.metric), wantsMin };
    switch (shape) {
      case 'hours':
        return hoursOf(series);
      case 'events':
        return eventsOf(
          series,
          (this.#hours.get(idKey(id)) ?? []).filter((hour) => days.from <= dayAt(hour) && dayAt(hour) < days.to),
        );
      case 'instances':
        return instancesOf(series);
    }
  }

  /** Where the clock could not be read, a metric is left to its own samples. */
  #clockOf(id: string, { native }: Scale, outcomes: Outcomes): Map<Day, number> | undefined {
    const { clock } = this.#request.family;
    if (clock === undefined || clock.sampleSeconds === native.sampleSeconds) return undefined;
    try {
      return clockOf(pointsOf(outcomes, id, clock.metric), clock);
    } catch {
      return undefined;
    }
  }
}

/** Adds the days that one more call has brought; once one has failed the key has. */
function put<T>(found: Found<T>, name: string, read: () => Iterable<readonly [Day, T]>): void {
  const known = found.get(name) ?? new Map<Day, T>();
  if (known instanceof CollectError) return;
  try {
    for (const [day, value] of read()) known.set(day, value);
    found.set(name, known);
  } catch (caught) {
    found.set(name, CollectError.from(caught));
  }
}

/** @throws CollectError where a call did not bring this metric of this id */
function pointsOf(outcomes: Outcomes, id: string, metric: string): readonly Point[] {
  const reads = outcomes.get(idKey(id));
  const points = reads instanceof CollectError ? reads : reads?.get(metric.toLowerCase());
  if (points instanceof CollectError) throw points;
  if (points === undefined) throw new CollectError('malformed_reply', `Azure Monitor left out ${metric}`);
  return points;
}

function scaleOf(resource: AzureResource, key: MetricKey): Scale {
  const native = nativeOf(resource, key);
  if (native === undefined) throw new CollectError('internal', `${key} is not measured`);
  return { native, whole: wholeOf(resource, native) ?? 100 };
}

function nameOf({ id }: AzureResource, key: MetricKey): string {
  return `${id} ${key}`;
}
