/** One call to a cloud, as the limits and the ledger see it. */
export interface Call {
  /** `cloudwatch:GetMetricData`: the name of its limit in the provider's table. */
  readonly api: string;
  readonly account: string;
  readonly region: string;
  /** Data points asked for, where the cloud limits those too. */
  readonly points?: number;
  /** Native metrics asked for, where the cloud bills by those. */
  readonly metrics?: number;
  /** At list price; charged to the ledger for each time that it is answered. Absent for calls that are free. */
  readonly usd?: number;
  readonly usdAtMost?: number;
}

/**
 * The one way out to a cloud. Waits for the rate limit, gives each try a deadline, tries again what can be tried again
 * (`errorCodes`), counts what was sent.
 */
export interface CallGate {
  /** @throws CollectError the last one, where no try succeeded */
  send<T>(call: Call, work: (signal: AbortSignal) => Promise<T>, signal: AbortSignal): Promise<T>;
}

export interface CallRate {
  readonly perSecond: number;
  readonly pointsPerSecond?: number;
}

/** What we hold ourselves to, per account and region: somewhat below what the cloud allows. */
export interface CallLimit extends CallRate {
  readonly timeoutMs: number;
  /** What the cloud allows by default; absent where no number is told. */
  readonly quota?: CallRate;
}
