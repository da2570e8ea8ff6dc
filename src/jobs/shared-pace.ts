import { type Clock, systemClock } from '#collect/clock.ts';
import type { PaceOf } from '#collect/gate.ts';
import { burstMs, type Pace, slowDown, slowestShare, speedUp } from '#collect/pace.ts';
import type { CallLimit } from '#model/calls.ts';
import type { PaceStore } from '#store/cluster.ts';

/** A turn is given back to nobody: who comes later than this asks for another one, since others have the times after it. */
const turnHoldsMs = 500;
/** Turns that are leased at once are worth no more than this. */
const leaseMs = 250;

const firstPauseMs = 100;
const longestPauseMs = 2_000;

/** Paces that all processes keep together which share a store. A lease is one statement, for all who wait by then. */
export function sharedPaces(paces: PaceStore, clock: Clock = systemClock): PaceOf {
  const known = new Map<string, SharedPace>();
  return ({ api, account, region }, limit) => {
    const key = `${api} ${account} ${region}`;
    const pace = known.get(key) ?? new SharedPace(key, limit, paces, clock);
    known.set(key, pace);
    return pace;
  };
}

interface Waiter {
  readonly points: number;
  readonly signal: AbortSignal;
  /** @param at epoch milliseconds */
  readonly grant: (at: number) => void;
}

class SharedPace implements Pace {
  readonly #key: string;
  readonly #limit: CallLimit;
  readonly #paces: PaceStore;
  readonly #clock: Clock;
  readonly #most: number;
  #waiting: Waiter[] = [];
  #isLeasing = false;
  #shareFactor = 1;

  constructor(key: string, limit: CallLimit, paces: PaceStore, clock: Clock) {
    this.#key = key;
    this.#limit = limit;
    this.#paces = paces;
    this.#clock = clock;
    this.#most = Math.max(1, Math.floor((limit.perSecond * leaseMs) / 1000));
  }

  async take(points: number, signal: AbortSignal): Promise<void> {
    for (;;) {
      const at = await this.#turn(points, signal);
      const waitMs = at - this.#clock.now();
      if (waitMs > 0) await this.#clock.sleep(waitMs, signal);
      if (this.#clock.now() - at <= turnHoldsMs) return;
    }
  }

  throttled(): void {
    this.#shareFactor *= slowDown;
  }

  answered(): void {
    this.#shareFactor *= speedUp;
  }

  #turn(points: number, signal: AbortSignal): Promise<number> {
    return new Promise((resolve, reject) => {
      const refuse = () => reject(signal.reason);
      if (signal.aborted) return refuse();
      signal.addEventListener('abort', refuse, { once: true });
      const grant = (at: number) => {
        signal.removeEventListener('abort', refuse);
        resolve(at);
      };
      this.#waiting.push({ points, signal, grant });
      void this.#leaseForAll();
    });
  }

  /** Leases for those who wait, again and again while there are some: while the store is away they wait on. */
  async #leaseForAll(): Promise<void> {
    if (this.#isLeasing) return;
    this.#isLeasing = true;
    for (let failed = 0; ; ) {
      this.#waiting = this.#waiting.filter(({ signal }) => !signal.aborted);
      const first = this.#waiting[0];
      if (first === undefined) break;
      try {
        await this.#lease();
        failed = 0;
      } catch {
        await this.#clock.sleep(Math.min(longestPauseMs, firstPauseMs * 2 ** failed++), first.signal).catch(() => {});
      }
    }
    this.#isLeasing = false;
  }

  async #lease(): Promise<void> {
    const served = this.#waiting.slice(0, this.#most);
    const shareFactor = this.#shareFactor;
    const points = served.reduce((sum, waiter) => sum + waiter.points, 0);
    const { share, callsFullInMs, pointsFullInMs } = await this.#paces.lease({
      key: this.#key,
      limit: this.#limit,
      calls: served.length,
      points,
      shareFactor,
      slowestShare,
    });
    const now = this.#clock.now();
    this.#shareFactor /= shareFactor;
    this.#waiting = this.#waiting.slice(served.length);
    const { perSecond, pointsPerSecond } = this.#limit;
    const callMs = 1000 / (perSecond * share);
    let [calls, asked] = [0, 0];
    for (const waiter of served) {
      calls++;
      asked += waiter.points;
      const pointsMs = pointsPerSecond === undefined ? 0 : 1000 / (pointsPerSecond * share);
      const callsRoom = callsFullInMs + calls * callMs - Math.max(callMs, burstMs);
      const pointsRoom = pointsFullInMs + asked * pointsMs - Math.max(waiter.points * pointsMs, burstMs);
      waiter.grant(now + Math.max(0, callsRoom, pointsRoom));
    }
  }
}
