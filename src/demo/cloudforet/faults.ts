import { setTimeout as wait } from 'node:timers/promises';
import { status } from '@grpc/grpc-js';
import { type FaultSwitches, makeFaultSwitches } from '../fleet/fault-switches.ts';
import { failWith } from './refusal.ts';

/** Calls that are made to fail. Of several that name a call the first does. */
export interface CallFailure {
  /** `Metric.get_data`, `Endpoint.list`, … */
  readonly method: string;
  /** Only calls to this data source. */
  readonly dataSourceId?: string;
  /** Only calls for this metric. */
  readonly metric?: string;
  /** How many calls it lasts. Default: all. */
  readonly times?: number;
  /** A status with its text, such as `ERROR_UNKNOWN: broken`; or `hang`, never to be answered. */
  readonly answer: 'hang' | { readonly status: keyof typeof status; readonly details: string };
}

/** What can be made to go wrong. Rates are chances, 0 to 1; all default to nothing wrong. */
export interface Faults {
  /** Added to every answer, milliseconds. */
  readonly latencyMs: number;
  readonly failures: readonly CallFailure[];
  /** Endpoint.list names the services without a URL. */
  readonly emptyEndpoints: boolean;
  /** Data sources switched off. */
  readonly disabledDataSources: readonly string[];
  /** Secrets that their cloud refuses: what the platform asks a data source with one fails, and the platform keeps silent. */
  readonly rejectedSecrets: readonly string[];
  /** Secrets that are gone from the platform. */
  readonly missingSecrets: readonly string[];
  /** Metrics that the cloud does not know. */
  readonly unknownMetrics: readonly string[];
  /** Resources that a data source leaves out of its answer. */
  readonly droppedRate: number;
  /** Points that a series lacks, so that it is shorter than the labels; of Azure they come as 0. */
  readonly gapRate: number;
  /** Whole numbers come as text, as they do of Google's int64 series. */
  readonly int64Strings: boolean;
}

const noFaults: Faults = {
  latencyMs: 0,
  failures: [],
  emptyEndpoints: false,
  disabledDataSources: [],
  rejectedSecrets: [],
  missingSecrets: [],
  unknownMetrics: [],
  droppedRate: 0,
  gapRate: 0,
  int64Strings: false,
};

export function makeFaults(initial: Partial<Faults>): FaultSwitches<Faults> {
  return makeFaultSwitches(noFaults, initial);
}

/** Fails calls as the faults in force say, counting how often each did. */
export class FailureDealer {
  readonly #faults: FaultSwitches<Faults>;
  readonly #dealt = new WeakMap<CallFailure, number>();

  constructor(faults: FaultSwitches<Faults>) {
    this.#faults = faults;
  }

  /** Returns after the latency, or fails as the call should. */
  async meet(method: string, request: object, signal: AbortSignal): Promise<void> {
    const { latencyMs, failures } = this.#faults.current;
    const fields = new Map<string, unknown>(Object.entries(request));
    const failure = failures.find((each) => this.#means(each, method, fields));
    if (failure !== undefined) this.#dealt.set(failure, (this.#dealt.get(failure) ?? 0) + 1);
    if (failure?.answer === 'hang') await forever(signal);
    if (latencyMs > 0) await wait(latencyMs, undefined, { signal });
    if (failure !== undefined && failure.answer !== 'hang') {
      throw failWith(status[failure.answer.status], failure.answer.details);
    }
  }

  #means(failure: CallFailure, method: string, fields: ReadonlyMap<string, unknown>): boolean {
    return (
      failure.method === method &&
      (failure.dataSourceId === undefined || failure.dataSourceId === fields.get('data_source_id')) &&
      (failure.metric === undefined || failure.metric === fields.get('metric')) &&
      (this.#dealt.get(failure) ?? 0) < (failure.times ?? Number.POSITIVE_INFINITY)
    );
  }
}

function forever(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const leave = () => reject(signal.reason);
    if (signal.aborted) leave();
    else signal.addEventListener('abort', leave, { once: true });
  });
}
