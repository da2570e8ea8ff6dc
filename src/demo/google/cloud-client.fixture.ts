import { onTestFinished } from 'vitest';
import { z } from 'zod';
import { type GoogleCloud, type GoogleCloudOptions, startGoogleCloud } from './server.ts';

/** The world's time in tests: Wednesday 18 November 2026, 12:00 UTC, in epoch seconds. */
export const testNow = Date.UTC(2026, 10, 18, 12) / 1000;

export const day = 86_400;

/** The last UTC midnight. */
export const midnight = Math.floor(testNow / day) * day;

/** Epoch seconds as RFC 3339. */
export function iso(epochSeconds: number): string {
  return new Date(epochSeconds * 1000).toISOString();
}

/** A cloud whose world stands still at {@link testNow} and that ends with the test. Tokens go by the real time. */
export async function startTestCloud(options: GoogleCloudOptions = {}): Promise<GoogleCloud> {
  const cloud = await startGoogleCloud({ clock: () => testNow * 1000, ...options });
  onTestFinished(() => cloud.close());
  return cloud;
}

/** A bearer token of the reader. */
export function readerToken(cloud: GoogleCloud): Promise<string> {
  return metadataToken(cloud, 'https://www.googleapis.com/auth/cloud-platform');
}

/** A bearer token of the reader for some scopes, from the metadata server. */
export async function metadataToken(cloud: GoogleCloud, scopes: string): Promise<string> {
  const url = `${cloud.url}/computeMetadata/v1/instance/service-accounts/default/token?scopes=${scopes}`;
  const response = await fetch(url, { headers: { 'metadata-flavor': 'Google' } });
  return z.object({ access_token: z.string() }).parse(await response.json()).access_token;
}

export type Params = Readonly<Record<string, string | readonly string[]>>;

/** An answer's status and body; the body is checked by whoever reads it. */
export interface Reply {
  readonly status: number;
  readonly body: unknown;
}

/** Makes a GET client of one caller. */
export function clientOf(cloud: GoogleCloud, token: string) {
  return async (path: string, params: Params = {}): Promise<Reply> => {
    const response = await fetch(`${cloud.url}${path}?${searchOf(params)}`, {
      headers: { authorization: `Bearer ${token}` },
    });
    return { status: response.status, body: await response.json() };
  };
}

/** A parameter may come more than once. */
export function searchOf(params: Params): URLSearchParams {
  return new URLSearchParams(
    Object.entries(params).flatMap(([name, value]) => [value].flat().map((one): [string, string] => [name, one])),
  );
}

/** A cloud without quotas, and a reader's client. */
export async function setUp(options: GoogleCloudOptions = {}) {
  const cloud = await startTestCloud({ faults: { quotaMultiplier: Number.POSITIVE_INFINITY }, ...options });
  const get = clientOf(cloud, await readerToken(cloud));
  return { cloud, get };
}

const Point = z.object({
  interval: z.object({ startTime: z.iso.datetime(), endTime: z.iso.datetime() }),
  value: z.union([z.object({ doubleValue: z.number() }), z.object({ int64Value: z.string().regex(/^-?\d+$/) })]),
});

const Labels = z.record(z.string(), z.string());

/** A timeSeries.list answer. */
export const TimeSeriesReply = z.strictObject({
  timeSeries: z
    .array(
      z.strictObject({
        metric: z.strictObject({ type: z.string(), labels: Labels.optional() }),
        resource: z.strictObject({ type: z.string(), labels: Labels }),
        metricKind: z.enum(['GAUGE', 'DELTA']),
        valueType: z.enum(['DOUBLE', 'INT64']),
        points: z.array(Point).optional(),
      }),
    )
    .optional(),
  nextPageToken: z.string().optional(),
  executionErrors: z.array(z.object({ code: z.number(), message: z.string() })).optional(),
  unit: z.string(),
});
export type TimeSeriesReply = z.infer<typeof TimeSeriesReply>;

/** The number that a point holds. */
export function numberIn({ value }: z.infer<typeof Point>): number {
  return 'doubleValue' in value ? value.doubleValue : Number(value.int64Value);
}

/** The end of a point, epoch seconds. */
export function endOf({ interval }: z.infer<typeof Point>): number {
  return Date.parse(interval.endTime) / 1000;
}
