/** What a run is held to: `docs/` and the design say it, the benches check it. */
export const limits = {
  /** GetMetricData calls for 1,000 servers × 12 keys × avg + max × 14 days. */
  callsPerThousand: 60,
  /** Of the collecting process, however many servers. MiB. */
  peakRssMiB: 300,
  /** Reading against as many empty calls: told, never a reason to fail, since the machine decides it too. */
  floorRatio: 1.5,
  /** Server CPU of a streamed message against raw HTTP/2 that carries the same bytes. */
  streamCpuOfRaw: 3.5,
  /** Server CPU of a streamed message with ts-proto's own codec against ours: at least. */
  stockCpu: 2,
  /** `Metric.get_data` calls for 1,000 servers × 12 keys × avg + max by way of a platform. */
  getDataPerThousand: 130,
  /** Of the time and processor time of a collection with its servers, as an exponent: 1 is linear. */
  growth: 1.1,
  firstMessageSeconds: 1,
  /** Records merged a second on PostgreSQL against plain COPY of the same bytes: at least. */
  mergeOfCopy: 0.25,
  /** p95 of a query of the console over 100,000 records, and over more. ms. */
  queryMs: 120,
  queryMsOfMillion: 400,
} as const;
