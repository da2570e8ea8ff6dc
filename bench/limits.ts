/** What a run is held to: `docs/` and the design say it, the benches check it. */
export const limits = {
  /** GetMetricData calls for 1,000 servers × 12 keys × avg + max × 14 days. */
  callsPerThousand: 60,
  /** Of the collecting process, however many servers. MiB. */
  peakRssMiB: 300,
  /** Reading against as many empty calls: told, never a reason to fail, since the machine decides it too. */
  floorRatio: 1.5,
} as const;
