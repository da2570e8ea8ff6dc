import type { CallLimit } from '#model/calls.ts';

/** Resources that are planned together: of servers 20 calls, and some 20 more for their network interfaces. */
export const batchSize = 1000;

/** The same where percentiles are wanted: some 240 calls, and sketches that fit the memory. */
export const pointsBatchSize = 300;

/**
 * Limits of metrics:getBatch; there is one of 20 metrics, too. Source: "Migrate from the metrics API to the getBatch API", and
 * public collectors for the span.
 */
export const maxIdsPerCall = 50;
export const maxDaysPerCall = 30;

/** Our own bound, as the API does not page: some 4 MB of reply. */
export const maxPointsPerCall = 65_000;

/** Whole days of which platform metrics are kept. Source: "Azure Monitor Metrics overview", retention of 93 days. */
export const retentionDays = 92;

/** Of Resource Graph. Source: "Paging results", "Troubleshoot errors using Azure Resource Graph". */
export const graphPageSize = 1000;
export const maxSubscriptionsPerQuery = 1000;

/**
 * Somewhat below what Azure allows. Sources: Resource Manager "Request limits and throttling" (25 reads a second a
 * subscription), Resource Graph "Guidance for throttled requests" (15 queries in 5 s a user). For getBatch there is no
 * confirmed number; 360,000 calls an hour have been told.
 */
export const limits = {
  'entra:token': { perSecond: 5, timeoutMs: 20_000 },
  'resourcemanager:subscriptions': { perSecond: 5, timeoutMs: 30_000 },
  'resourcegraph:resources': { perSecond: 2.5, timeoutMs: 60_000 },
  'compute:skus': { perSecond: 5, timeoutMs: 60_000 },
  'monitor:getBatch': { perSecond: 50, timeoutMs: 60_000, quota: { perSecond: 100 } },
  'monitor:metrics': { perSecond: 20, timeoutMs: 30_000 },
  // Tells until when a secret is good, and nothing else.
  'graph:applications': { perSecond: 1, timeoutMs: 10_000 },
  // Of the data source alone: what a type's metrics are.
  'monitor:metricDefinitions': { perSecond: 1, timeoutMs: 30_000 },
} as const satisfies Record<string, CallLimit>;
export type Api = keyof typeof limits;

/**
 * USD. Calls are billed as "native metrics" by the thousand standard calls, a million a month free, which no run of ours
 * comes near. What a call of many series counts as is not said; the dearest reading is one for each series of up to 1,440
 * points. Source: Azure Monitor pricing page, unconfirmed, read 2026-11-22.
 */
export const prices = { standardCall: 0.01 / 1000, pointsPerStandardCall: 1440, readOn: '2026-11-22' } as const;
