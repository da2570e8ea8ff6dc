/** What really happened to one quantity of one resource. */
export interface Truth {
  /** Over the seconds observed; of latencies over the requests. */
  readonly avg: number;
  /** The largest sample, as a rate: over 60 s where every source is sampled by the minute, else over 300 s. */
  readonly max: number;
  /** Seconds of the range in which the server ran (and, for memory, its agent wrote). */
  readonly seconds: number;
}

/** Truths by key (`cpu.utilization` %, `memory.usage` %, rates per second); a key without data is absent. */
export type Truths = Readonly<Record<string, Truth>>;
