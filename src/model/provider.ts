import type { CallGate, CallLimit } from './calls.ts';
import type { Fleet } from './fleet.ts';
import type { MetricKey } from './metric.ts';
import type { Statistic } from './statistic.ts';

/** A cloud, as a value: what is known about it is data, what it does is `connect`. */
export interface Provider {
  readonly id: string;
  readonly name: string;
  readonly metrics: readonly MetricKey[];
  readonly statistics: readonly Statistic[];
  /** The API that reads metrics: its limit decides how long a run takes. */
  readonly metricApi: string;
  /** By `Call.api`. */
  readonly limits: Readonly<Record<string, CallLimit>>;
  /** Checks the form of a secret. @throws CollectError `invalid_input` naming the field */
  parseSecret(input: unknown): unknown;
  /** Signs in and learns which account this is. @throws CollectError `secret_rejected`, `invalid_input` */
  connect(secret: unknown, context: ConnectContext): Promise<Fleet>;
}

export interface ConnectContext {
  readonly gate: CallGate;
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly signal: AbortSignal;
}

/** Keeps a provider's own types while it checks them. */
export const defineProvider = <const P extends Provider>(provider: P): P => provider;
