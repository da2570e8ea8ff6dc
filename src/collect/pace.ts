import type { CallLimit } from '#model/calls.ts';
import type { Clock } from './clock.ts';

/** How much of its rate a throttled pace keeps, and how much each good answer gives back. */
const slowDown = 0.7;
const speedUp = 1.03;
const slowest = 0.05;

/** Up to this many seconds' worth of calls may go out at once after a pause. */
const burstSeconds = 0.25;

/**
 * The rate limit of one API in one account and region (a token bucket, kept as the time at which it would be full again).
 * It gives way when the cloud throttles, since others draw on the same quota, and comes back with good answers.
 */
export class Pace {
  readonly #limit: CallLimit;
  readonly #clock: Clock;
  #share = 1;
  #callsFullAt = 0;
  #pointsFullAt = 0;

  constructor(limit: CallLimit, clock: Clock) {
    this.#limit = limit;
    this.#clock = clock;
  }

  /** Waits until one more call, with so many points, keeps within the limit. Callers are served in order. */
  async take(points: number, signal: AbortSignal): Promise<void> {
    const now = this.#clock.now();
    const { perSecond, pointsPerSecond } = this.#limit;
    const callMs = 1000 / (perSecond * this.#share);
    const pointsMs = pointsPerSecond === undefined ? 0 : (1000 * points) / (pointsPerSecond * this.#share);
    this.#callsFullAt = Math.max(this.#callsFullAt, now) + callMs;
    this.#pointsFullAt = Math.max(this.#pointsFullAt, now) + pointsMs;
    const burstMs = burstSeconds * 1000;
    const waitMs =
      Math.max(this.#callsFullAt - Math.max(callMs, burstMs), this.#pointsFullAt - Math.max(pointsMs, burstMs)) - now;
    if (waitMs > 0) await this.#clock.sleep(waitMs, signal);
  }

  throttled(): void {
    this.#share = Math.max(slowest, this.#share * slowDown);
  }

  answered(): void {
    this.#share = Math.min(1, this.#share * speedUp);
  }
}
