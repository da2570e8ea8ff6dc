import type { CallSteps } from '#collect/gate.ts';
import type { Provider } from '#model/provider.ts';
import type { PhaseLog } from './phase-log.ts';

interface Place {
  readonly account: string;
  readonly region: string;
}

/** What the tasks of a run are busy with whose calls go through one gate. */
export class PhaseBook {
  readonly #logs = new Map<string, PhaseLog>();

  /** From now on calls of this place are told to this log. */
  open(place: Place, log: PhaseLog): void {
    this.#logs.set(keyOf(place), log);
  }

  /** What the gate of a provider is to tell; calls of places without a log, as while a run is planned, are nobody's. */
  steps({ metricApi }: Pick<Provider, 'metricApi'>): CallSteps {
    return (call, from, to) => this.#logs.get(keyOf(call))?.step(call.api === metricApi, from, to);
  }
}

function keyOf({ account, region }: Place): string {
  return `${account} ${region}`;
}
