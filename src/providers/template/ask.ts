import { z } from 'zod';
import type { CallGate } from '#model/calls.ts';
import { CollectError, type ErrorCode } from '#model/errors.ts';
import type { Api } from './catalog.ts';
import type { Secret } from './secret.ts';

const Account = z.object({ account: z.string().min(1) });

const ServerPage = z.object({
  servers: z.array(
    z.object({
      id: z.string().min(1),
      name: z.string(),
      region: z.string().min(1),
      type: z.string(),
      state: z.enum(['running', 'stopped', 'deleted']),
      vcpus: z.int(),
      created: z.number(),
    }),
  ),
  next: z.string().optional(),
});
export type ServerRow = z.infer<typeof ServerPage>['servers'][number];

/** Percent; `seconds` is how long the server ran that day. */
const MetricReply = z.object({
  days: z.array(
    z.object({ id: z.string(), day: z.int(), mean: z.number(), max: z.number(), min: z.number(), seconds: z.number() }),
  ),
  failed: z.array(z.object({ id: z.string(), message: z.string() })).default([]),
});

/** The calls of the API that we make; each is sent through the gate, which keeps to the limits and tries again. */
export type Ask = ReturnType<typeof askAs>;

export function askAs({ endpoint, token }: Secret, gate: CallGate) {
  return {
    account: (signal: AbortSignal) => get('template_cloud:account', '/account', Account, signal),
    servers: (page: string, signal: AbortSignal) =>
      get('template_cloud:servers', `/servers?page=${encodeURIComponent(page)}`, ServerPage, signal),
    /** @param from and `to` are days since 1970 */
    metrics: (ids: readonly string[], from: number, to: number, signal: AbortSignal) =>
      get(
        'template_cloud:metrics',
        `/metrics?ids=${ids.map(encodeURIComponent)}&from=${from}&to=${to}`,
        MetricReply,
        signal,
        {
          metrics: ids.length,
          points: ids.length * (to - from),
          usd: 0,
        },
      ),
  };

  function get<T>(api: Api, path: string, schema: z.ZodType<T>, signal: AbortSignal, charge: object = {}): Promise<T> {
    const call = { api, account: new URL(endpoint).host, region: 'global', ...charge };
    return gate.send(call, async (trySignal) => read(api, schema, await send(api, path, trySignal)), signal);
  }

  async function send(api: Api, path: string, signal: AbortSignal): Promise<Response> {
    let response: Response;
    try {
      response = await fetch(endpoint + path, { headers: { authorization: `Bearer ${token}` }, signal });
    } catch (caught) {
      // Why it was ended is for the gate to say.
      if (signal.aborted) throw caught;
      throw new CollectError('unavailable', `${api}: no connection`, { where: endpoint });
    }
    if (!response.ok) throw refusalOf(api, response);
    return response;
  }
}

async function read<T>(api: Api, schema: z.ZodType<T>, response: Response): Promise<T> {
  const text = await response.text();
  const parsed = schema.safeParse(jsonOf(text));
  if (parsed.success) return parsed.data;
  throw new CollectError('malformed_reply', `${api}: the answer is not what the API describes`);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const codes: Readonly<Record<number, ErrorCode>> = {
  400: 'invalid_query',
  401: 'secret_rejected',
  403: 'access_denied',
  404: 'not_found',
  429: 'rate_limited',
};

const fixes: Readonly<Partial<Record<ErrorCode, string>>> = {
  secret_rejected: 'check the token',
  access_denied: 'give the token the scope that this call takes: fleetgauge provider permissions template_cloud',
};

function refusalOf(api: Api, { status, headers }: Response): CollectError {
  const code = codes[status] ?? 'unavailable';
  const fix = fixes[code];
  const retryAfter = Number(headers.get('retry-after'));
  return new CollectError(code, `${api}: HTTP ${status}`, {
    ...(fix === undefined ? {} : { fix }),
    ...(retryAfter > 0 ? { retryAfterMs: retryAfter * 1000 } : {}),
  });
}
