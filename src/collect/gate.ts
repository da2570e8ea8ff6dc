import type { Call, CallGate, CallLimit } from '#model/calls.ts';
import { CollectError } from '#model/errors.ts';
import { inSpan } from '#model/span.ts';
import type { Clock } from './clock.ts';
import type { Ledger } from './ledger.ts';
import { LocalPace, type Pace } from './pace.ts';

const maxTries = 8;
const firstPauseMs = 200;
const longestPauseMs = 20_000;

export interface GateOptions {
  readonly limits: Readonly<Record<string, CallLimit>>;
  readonly ledger: Ledger;
  readonly clock: Clock;
  /** Who keeps the pace at one API of one account and region; where absent, the gate itself, for this run alone. */
  readonly paceOf?: PaceOf;
  readonly watch?: CallWatch;
  readonly steps?: CallSteps;
}

export type PaceOf = (call: Call, limit: CallLimit) => Pace;

/** Told of each try: how long it took, and why it failed. */
export type CallWatch = (call: Call, tookMs: number, error: CollectError | undefined) => void;

/** Where a call can be: it waits for its turn, it is sent, it waits to be sent again. */
export type CallStep = 'turn' | 'sent' | 'pause';

/** Told of each step; undefined before the first one and after the last. */
export type CallSteps = (call: Call, from: CallStep | undefined, to: CallStep | undefined) => void;

/** One gate a run: limits hold per API, account and region, over all that the run sends. */
export function createGate({
  limits,
  ledger,
  clock,
  paceOf = (_, limit) => new LocalPace(limit, clock),
  watch = () => {},
  steps = () => {},
}: GateOptions): CallGate {
  const paces = new Map<string, Pace>();

  return {
    async send(call, work, signal) {
      const limit = limits[call.api];
      if (limit === undefined) throw new CollectError('internal', `no limit is set for ${call.api}`);
      const pace = knownPace(call, limit);
      let step: CallStep | undefined;
      const enter = (to: CallStep | undefined) => {
        steps(call, step, to);
        step = to;
      };
      try {
        for (let attempt = 0; ; attempt++) {
          enter('turn');
          stopIfAborted(signal);
          await pace.take(call.points ?? 0, signal).catch((caught: unknown) => {
            stopIfAborted(signal);
            throw caught;
          });
          ledger.commit(call);
          enter('sent');
          const sentAt = clock.now();
          const outcome = await traced(call, attempt, () => tryOnce(work, limit.timeoutMs, call, signal));
          ledger.settle(call, attempt, outcome.error);
          watch(call, clock.now() - sentAt, outcome.error);
          if (outcome.error === undefined) {
            pace.answered();
            return outcome.value;
          }
          stopIfAborted(signal);
          if (outcome.error.code === 'rate_limited') pace.throttled();
          if (!outcome.error.retryable || attempt + 1 >= maxTries) throw outcome.error;
          enter('pause');
          await clock.sleep(pauseMs(outcome.error, attempt), signal).catch(() => stopIfAborted(signal));
        }
      } finally {
        enter(undefined);
      }
    },
  };

  function knownPace(call: Call, limit: CallLimit): Pace {
    const key = `${call.api} ${call.account} ${call.region}`;
    const known = paces.get(key);
    if (known !== undefined) return known;
    const pace = paceOf(call, limit);
    paces.set(key, pace);
    return pace;
  }

  /** Full jitter: a random share of a pause that doubles, so that those who failed together do not come back together. */
  function pauseMs(error: CollectError, attempt: number): number {
    const backoff = clock.random() * Math.min(longestPauseMs, firstPauseMs * 2 ** attempt);
    return Math.max(error.retryAfterMs ?? 0, backoff);
  }
}

function traced<T>(
  { api, account, region }: Call,
  attempt: number,
  send: () => Promise<Outcome<T>>,
): Promise<Outcome<T>> {
  const attributes = { 'cloud.account.id': account, 'cloud.region': region, 'http.request.resend_count': attempt };
  return inSpan({ name: api, kind: 'client', attributes }, async (span) => {
    const outcome = await send();
    if (outcome.error !== undefined) span.fail(outcome.error.code);
    return outcome;
  });
}

type Outcome<T> = { readonly value: T; readonly error?: undefined } | { readonly error: CollectError };

async function tryOnce<T>(
  work: (signal: AbortSignal) => Promise<T>,
  timeoutMs: number,
  call: Call,
  signal: AbortSignal,
): Promise<Outcome<T>> {
  const deadline = AbortSignal.timeout(timeoutMs);
  try {
    return { value: await work(AbortSignal.any([signal, deadline])) };
  } catch (caught) {
    if (deadline.aborted && !signal.aborted) {
      return {
        error: new CollectError('timeout', `${call.api}: no answer in ${timeoutMs / 1000} s`, {
          where: `${call.account}/${call.region}`,
          cause: caught,
        }),
      };
    }
    return { error: CollectError.from(caught) };
  }
}

function stopIfAborted(signal: AbortSignal): void {
  if (signal.aborted) throw new CollectError('cancelled', 'stopped before the call was made', { cause: signal.reason });
}
