import type { CallGate, CallLimit } from './calls.ts';
import type { Expiry } from './expiry.ts';
import type { Fleet } from './fleet.ts';
import type { MetricKey } from './metric.ts';
import type { ResourceType } from './resource-type.ts';
import type { SignIn } from './sign-in.ts';
import type { Statistic } from './statistic.ts';

/** A cloud, as a value: what is known about it is data, what it does is `connect`. */
export interface Provider extends ProviderFacts {
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
  /** The last four characters of the id of a key, by which its owner knows it; undefined where the secret has none. */
  keyHint?(secret: unknown): string | undefined;
  /**
   * Until when a secret opens anything. May ask the cloud, which need not let us: then, and where no cloud tells, undefined.
   *
   * @throws CollectError where it could not be asked
   */
  expiry?(secret: unknown, context: ConnectContext): Promise<Expiry | undefined>;
  /** The way in that keeps no secret here: a role to be made in the account, that this machine takes on. */
  readonly roleSetup?: RoleSetup;
  /** Signs in and learns which accounts this opens. @throws CollectError `secret_rejected`, `invalid_input` */
  connect(secret: unknown, context: ConnectContext): Promise<Connection>;
}

/** A cloud by name, before it is loaded: its SDK is not, until it is used. */
export interface KnownProvider {
  readonly id: string;
  readonly signIn: SignIn;
  /** A shorter name for the command line. */
  readonly alias?: string;
  /** What it has and measures, where that can be told without loading it. */
  readonly types?: readonly ResourceType[];
  readonly load: () => Promise<Provider>;
}

/** What documentation is made of. */
export interface ProviderFacts {
  /** Of what it bills; empty where reading is free. */
  readonly prices: readonly Price[];
  /** What lets us read an account there, ready to be applied by its owner; empty where nothing has to be. */
  readonly permissions: readonly PermissionDocument[];
  /** What of that lets these calls through, ready to be pasted; undefined where nothing of it does. @param apis by `Call.api` */
  grant?(apis: readonly string[]): string | undefined;
  /** Where each key of each type comes from, at least one row each. */
  readonly metricTable: readonly MetricRow[];
}

export interface Price {
  /** What is counted: `metric asked of GetMetricData`. */
  readonly of: string;
  /** For so many of it. */
  readonly usd: number;
  readonly per: number;
  /** What is free, or open to doubt. */
  readonly note?: string;
  readonly source: string;
  /** `2026-11-22` */
  readonly readOn: string;
}

/** How an account lets us in by a role. */
export interface RoleSetup {
  /** What this machine signs in with, to learn which account is to be trusted. */
  readonly machineSecret: unknown;
  /** Ready to be applied by the owner of the account, each on its own; what they allow is what `permissions` allow. */
  documents(given: RoleGiven): readonly RoleDocument[];
  /** Where a template is put in by hand. */
  readonly consoleUrl: string;
}

export interface RoleGiven {
  /** What the caller has to know besides, against those who would use us to get in. */
  readonly externalId: string;
  /** The account that is trusted. */
  readonly trusted: string;
}

export interface RoleDocument {
  readonly form: 'template' | 'cli' | 'terraform';
  /** `fleetgauge-role.json` */
  readonly file: string;
  readonly text: string;
}

export interface PermissionDocument {
  /** `aws-policy.json` */
  readonly file: string;
  /** What it is, and what must be given besides. */
  readonly about: string;
  /** A command that applies the file. */
  readonly apply: string;
  readonly text: string;
}

/** How a key comes about, in the cloud's own words. */
export interface MetricRow {
  /** Of `ResourceType.id`. */
  readonly type: string;
  readonly key: MetricKey;
  /** `AWS/EC2 EBSReadBytes + DiskReadBytes` */
  readonly native: string;
  /** What is asked of it: `Sum, SampleCount, Maximum`; none of what discovery tells. */
  readonly statistic?: string;
  /** Of the native metric. */
  readonly unit: string;
  /** What makes the key of it; absent where it is the key as it is. */
  readonly conversion?: string;
  /** Where the cloud documents it. */
  readonly source: string;
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
