import type { CallGate, CallLimit } from './calls.ts';
import type { Fleet } from './fleet.ts';
import type { ResourceType } from './resource-type.ts';
import type { Statistic } from './statistic.ts';

/** A cloud, as a value: what is known about it is data, what it does is `connect`. */
export interface Provider {
  readonly id: string;
  readonly name: string;
  /** What it has and measures, servers first. */
  readonly types: readonly ResourceType[];
  readonly statistics: readonly Statistic[];
  /** The form of its region names: which of a run's regions are meant for this cloud. */
  readonly regionForm: RegExp;
  /** The API that reads metrics: its limit decides how long a run takes. */
  readonly metricApi: string;
  /** By `Call.api`. */
  readonly limits: Readonly<Record<string, CallLimit>>;
  /** Checks the form of a secret. @throws CollectError `invalid_input` naming the field */
  parseSecret(input: unknown): unknown;
  /** Signs in and learns which accounts this opens. @throws CollectError `secret_rejected`, `invalid_input` */
  connect(secret: unknown, context: ConnectContext): Promise<Connection>;
}

/** A cloud, signed in to. */
export interface Connection {
  /** Who we are there, in the cloud's own words; the same secret gives the same: an account id, a service account, a client of a tenant. */
  readonly principal: string;
  /** One an account (project, subscription) that the secret opens, each once. */
  readonly fleets: readonly Fleet[];
  /** Lets go of what all fleets hold. */
  close(): void;
}

export interface ConnectContext {
  readonly gate: CallGate;
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly signal: AbortSignal;
}

/** Keeps a provider's own types while it checks them. */
export const defineProvider = <const P extends Provider>(provider: P): P => provider;
