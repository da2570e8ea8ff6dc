import type { Call } from '#wire/serve-method.ts';
import type { FaultSwitches } from '../fleet/fault-switches.ts';
import { FailureDealer, type Faults } from './faults.ts';
import type { Caller } from './identity/caller.ts';
import type { Stats } from './stats.ts';

/** What a handler is given besides the request. */
interface Visit {
  readonly faults: Faults;
  readonly signal: AbortSignal;
  /** Counts rows answered or resources asked for. */
  addItems(count: number): void;
}

interface DeskOptions<Asked extends object> {
  readonly faults: FaultSwitches<Faults>;
  readonly stats: Stats;
  /** @throws CollectError where the token is not to be trusted */
  readonly callerOf: (request: Asked, call: Call) => Caller;
}

/**
 * Where every call arrives: counted, delayed and, if a fault says so, failed; then its caller is looked at.
 *
 * @typeParam Asked what every request of the generation has
 */
export class Desk<Asked extends object> {
  readonly #options: DeskOptions<Asked>;
  readonly #failures: FailureDealer;

  constructor(options: DeskOptions<Asked>) {
    this.#options = options;
    this.#failures = new FailureDealer(options.faults);
  }

  /** A method for callers that may `permission`. */
  method<Q extends Asked, A>(
    name: string,
    permission: string,
    answer: (request: Q, caller: Caller, visit: Visit) => Promise<A> | A,
  ): (request: Q, call: Call) => Promise<A> {
    return (request, call) =>
      this.#receive(name, request, call, (visit) => {
        const caller = this.#options.callerOf(request, call);
        caller.demand(permission);
        return answer(request, caller, visit);
      });
  }

  /** A method that asks nobody for a token. */
  open<Q extends object, A>(
    name: string,
    answer: (request: Q, visit: Visit) => Promise<A> | A,
  ): (request: Q, call: Call) => Promise<A> {
    return (request, call) => this.#receive(name, request, call, (visit) => answer(request, visit));
  }

  #receive<A>(name: string, request: object, { signal }: Call, answer: (visit: Visit) => Promise<A> | A): Promise<A> {
    const { stats, faults } = this.#options;
    return stats.track(name, async (addItems) => {
      await this.#failures.meet(name, request, signal);
      return answer({ faults: faults.current, signal, addItems });
    });
  }
}

/** Requests of the old generation name the domain. */
export type DeskV1 = Desk<{ readonly domain_id: string }>;
export type DeskV2 = Desk<object>;
