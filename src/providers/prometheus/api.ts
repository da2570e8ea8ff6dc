import pLimit from 'p-limit';
import type { z } from 'zod';
import type { Call, CallGate } from '#model/calls.ts';
import { CollectError } from '#model/errors.ts';
import { type Api, queriesAtOnce } from './catalog.ts';
import { fromNetwork, fromRefusal } from './errors.ts';
import type { Post, PostReply } from './post.ts';
import type { Labels } from './promql.ts';
import { ErrorReply, MatrixReply, ScalarReply, SeriesReply, VectorReply } from './replies.ts';

/** The HTTP API of a Prometheus, as far as we need it. Values that are no number (NaN, infinite) are left out. */
export interface PrometheusApi {
  /** Seconds since the epoch, by the server's clock. */
  time(signal: AbortSignal): Promise<number>;
  /** @throws CollectError `unavailable` where the answer is only a part of what there is */
  instant(query: string, at: number, signal: AbortSignal): Promise<Sample[]>;
  /** Label sets of series that had a sample in between. @throws CollectError `unavailable` as above */
  series(selector: string, start: number, end: number, signal: AbortSignal): Promise<Labels[]>;
  range(query: string, range: TimeRange, charge: Charge, signal: AbortSignal): Promise<RangeReply>;
}

export interface Sample {
  readonly labels: Labels;
  readonly value: number;
}

/** Both ends included; seconds. */
export interface TimeRange {
  readonly start: number;
  readonly end: number;
  readonly step: number;
}

export type Charge = Pick<Call, 'metrics' | 'points' | 'usd'>;

export interface RangeReply {
  readonly series: readonly Series[];
  /** What the server could not bring, in its own words: then this is only a part of what there is. */
  readonly warnings: readonly string[];
}

export interface Series {
  readonly labels: Labels;
  /** Epoch seconds and values. */
  readonly points: readonly (readonly [time: number, value: number])[];
}

export interface ApiContext {
  readonly post: Post;
  readonly gate: CallGate;
  readonly account: string;
  /** What must not be in any message. */
  readonly secrets: readonly string[];
}

export function createApi({ post, gate, account, secrets }: ApiContext): PrometheusApi {
  const measuring = pLimit(queriesAtOnce);
  const where = `${account}/global`;

  return {
    async time(signal) {
      const reply = await ask('prometheus:query', { query: 'time()' }, ScalarReply, {}, signal);
      return Number(reply.data.result[1]);
    },
    async instant(query, at, signal) {
      const reply = await ask('prometheus:query', { query, time: at }, VectorReply, {}, signal);
      whole('prometheus:query', reply.warnings);
      return reply.data.result.flatMap(({ metric, value: [, text] }) =>
        Number.isFinite(Number(text)) ? [{ labels: metric, value: Number(text) }] : [],
      );
    },
    async series(selector, start, end, signal) {
      const reply = await ask('prometheus:series', { 'match[]': selector, start, end }, SeriesReply, {}, signal);
      whole('prometheus:series', reply.warnings);
      return reply.data;
    },
    async range(query, range, charge, signal) {
      // In time for its answer to reach us. Thanos would take its hourly samples for such steps.
      const form = { query, ...range, timeout: '140s', max_source_resolution: '0s' };
      const reply = await measuring(() => ask('prometheus:query_range', form, MatrixReply, charge, signal));
      return { series: reply.data.result.map(seriesOf), warnings: warningsOf(reply.warnings) };
    },
  };

  function ask<T>(
    api: Api,
    form: Readonly<Record<string, string | number>>,
    schema: z.ZodType<T>,
    charge: Charge,
    signal: AbortSignal,
  ): Promise<T> {
    const fields = new URLSearchParams(
      Object.entries(form).map(([name, value]): [string, string] => [name, String(value)]),
    );
    return gate.send(
      { api, account, region: 'global', ...charge },
      async (trySignal) => {
        const reply = await post.send(pathOf[api], fields, trySignal).catch((caught: unknown) => {
          throw fromNetwork(caught, api, where);
        });
        return parse(api, reply, schema);
      },
      signal,
    );
  }

  function parse<T>(api: Api, reply: PostReply, schema: z.ZodType<T>): T {
    const body = jsonOf(reply.body);
    if (reply.status < 200 || reply.status > 299) {
      const { data } = ErrorReply.safeParse(body);
      const error = data?.error === undefined ? undefined : hide(data.error);
      throw fromRefusal(
        { status: reply.status, errorType: data?.errorType, error, retryAfterMs: retryAfterMs(reply.retryAfter) },
        api,
        where,
      );
    }
    const parsed = schema.safeParse(body);
    if (parsed.success) return parsed.data;
    const [issue] = parsed.error.issues;
    const what = body === undefined ? 'answered no JSON' : `${issue?.path.join('.')}: ${issue?.message}`;
    throw new CollectError('malformed_reply', `${api}: ${what}`, {
      where,
      fix: 'check that the URL is that of a Prometheus, and not of a page in front of it',
    });
  }

  function hide(message: string): string {
    return secrets.reduce((text, secret) => text.replaceAll(secret, '***'), message).slice(0, 500);
  }

  function warningsOf(warnings: readonly string[] = []): string[] {
    // Prometheus 2.48 to 2.52 send remarks on the query itself among the warnings.
    return warnings.filter((warning) => !warning.startsWith('PromQL info')).map(hide);
  }

  function whole(api: Api, warnings: readonly string[] | undefined): void {
    const [first] = warningsOf(warnings);
    if (first !== undefined) throw partialAnswer(api, first, account);
  }
}

/** What a server says of an answer that lacks something. */
export function partialAnswer(api: Api, warning: string, account: string): CollectError {
  return new CollectError('unavailable', `${api} answered only in part: ${warning}`, {
    where: `${account}/global`,
    fix: 'bring back the part of the server that does not answer, then run `fleetgauge collect --resume`',
  });
}

const pathOf: Readonly<Record<Api, string>> = {
  'prometheus:query': '/api/v1/query',
  'prometheus:query_range': '/api/v1/query_range',
  'prometheus:series': '/api/v1/series',
};

function seriesOf({ metric, values }: z.infer<typeof MatrixReply>['data']['result'][number]): Series {
  const points = values.map(([time, text]): [number, number] => [time, Number(text)]);
  return { labels: metric, points: points.filter(([, value]) => Number.isFinite(value)) };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Seconds; a date is not sent by anyone we know. */
function retryAfterMs(header: string | undefined): number | undefined {
  const seconds = Number(header);
  return header === undefined || Number.isNaN(seconds) ? undefined : seconds * 1000;
}
