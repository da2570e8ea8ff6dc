import type { CallLimit } from '#model/calls.ts';
import type { Clock } from './clock.ts';

/**
 * The rate limit of one API in one account and region. It gives way when the cloud throttles, since others draw on the same
 * quota, and comes back with good answers.
 */
export interface Pace {
  /** Waits until one more call, with so many points, keeps within the limit. Callers are served in order. */
  take(points: number, signal: AbortSignal): Promise<void>;
  throttled(): void;
  answered(): void;
}

/** How much of its rate a throttled pace keeps, and how much each good answer gives back. */
export const slowDown = 0.7;
export const speedUp = 1.03;
export const slowestShare = 0.05;

/** Up to this many milliseconds' worth of calls may go out at once after a pause. */
export const burstMs = 250;

/** A pace that this process alone keeps: a token bucket, kept as the time at which it would be full again. */
export class LocalPace implements Pace {
  readonly #limit: CallLimit;
  readonly #clock: Clock;
  #share = 1;
  #takenAt = 0;
  #callsFullAt = 0;
  #pointsFullAt = 0;

  constructor(limit: CallLimit, clock: Clock) {
    this.#limit = limit;
    this.#clock = clock;
  }

  async take(points: number, signal: AbortSignal): Promise<void> {
    const now = this.#now();
    const { perSecond, pointsPerSecond } = this.#limit;
    const callMs = 1000 / (perSecond * this.#share);
    const pointsMs = pointsPerSecond === undefined ? 0 : (1000 * points) / (pointsPerSecond * this.#share);
    this.#callsFullAt = Math.max(this.#callsFullAt, now) + callMs;
    this.#pointsFullAt = Math.max(this.#pointsFullAt, now) + pointsMs;
    const waitMs =
      Math.max(this.#callsFullAt - Math.max(callMs, burstMs), this.#pointsFullAt - Math.max(pointsMs, burstMs)) - now;
    if (waitMs > 0) await this.#clock.sleep(waitMs, signal);
  }

  throttled(): void {
    this.#share = Math.max(slowestShare, this.#share * slowDown);
  }

  answered(): void {
    this.#share = Math.min(1, this.#share * speedUp);
  }

  /** A clock that was set back takes the times that were taken from it along. */
  #now(): number {
    const now = this.#clock.now();
    const backMs = Math.max(0, this.#takenAt - now);
    this.#callsFullAt -= backMs;
    this.#pointsFullAt -= backMs;
    this.#takenAt = now;
    return now;
  }
}
