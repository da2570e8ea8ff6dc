import { describe, expect, it } from 'vitest';
import { CollectError, type ErrorCode } from '#model/errors.ts';
import { type Refusals, readBatch } from './read-batch.ts';
import type { AzureRequest, BatchCall } from './request.ts';
import { idKey } from './resource.ts';
import type { Send } from './send.ts';
import { serverKind } from './types.ts';

const subscription = '30000000-0000-4000-8000-000000000011';
const ids = Array.from({ length: 50 }, (_, n) => `/subscriptions/${subscription}/resourceGroups/RG/vm-${n}`);
const native = serverKind.native;
const cost = { calls: 1, metrics: 100, points: 100, usd: 0, usdAtMost: 0.001 };
const days = { from: 20_000, to: 20_001 };
const metrics = ['Percentage CPU', 'Available Memory Percentage'];
const call: BatchCall = {
  purpose: 'cells',
  metrics,
  ids,
  days,
  grain: 'day',
  aggregations: ['average', 'count'],
  cost,
};
const request: AzureRequest = {
  region: 'westeurope',
  days,
  kept: days,
  covers: [],
  cost,
  family: native['cpu.utilization'].family,
  targets: [],
  metrics: [native['cpu.utilization'], native['memory.usage']],
  clock: undefined,
  wantsMin: false,
  wantsPoints: false,
};

/** What was asked: ids and metric names of each call. */
interface Asked {
  readonly ids: readonly string[];
  readonly metrics: readonly string[];
}

/** Azure, as a function of what it is asked: answers each id with all metrics, or throws. */
function azureThat(answers: (asked: Asked) => readonly string[]): { send: Send; asked: Asked[] } {
  const asked: Asked[] = [];
  const send: Send = async ({ url, body, reply }) => {
    const { pathname, searchParams } = new URL(url);
    const own = body !== null && typeof body === 'object' && 'resourceids' in body ? body.resourceids : [];
    const alone = pathname.split('/providers/Microsoft.Insights')[0] ?? '';
    const one = {
      ids: Array.isArray(own) && own.length > 0 ? own : [alone],
      metrics: (searchParams.get('metricnames') ?? '').split(','),
    };
    asked.push(one);
    const found = answers(one);
    const value = one.metrics.map((metric) => ({ name: { value: metric }, errorCode: 'Success', timeseries: [] }));
    return reply.parse({ value, values: found.map((id) => ({ resourceid: id.toLowerCase(), value })) });
  };
  return { send, asked };
}

function read(send: Send, refusals: Refusals = new Map()) {
  const context = { send, subscription, resourceManager: 'https://a.invalid', metrics: 'https://b.invalid', refusals };
  return readBatch({ ...context, signal: new AbortController().signal }, request, call);
}

function refuse(code: ErrorCode, message = 'no'): never {
  throw new CollectError(code, message);
}

describe('a batch', () => {
  it('is one call where all is well', async () => {
    const { send, asked } = azureThat((one) => one.ids);
    const outcomes = await read(send);
    expect(asked).toEqual([{ ids, metrics: ['Percentage CPU', 'Available Memory Percentage'] }]);
    expect([...outcomes.keys()]).toEqual(ids.map(idKey));
    expect(outcomes.get(idKey(ids[0] ?? ''))).toEqual(
      new Map([
        ['percentage cpu', []],
        ['available memory percentage', []],
      ]),
    );
  });

  it('that lacks one of its resources is malformed for that one', async () => {
    const [first = ''] = ids;
    const { send } = azureThat((one) => one.ids.filter((id) => id !== first));
    const outcomes = await read(send);
    expect(outcomes.get(idKey(first))).toMatchObject({ code: 'malformed_reply' });
    expect([...outcomes.values()].filter((outcome) => outcome instanceof CollectError)).toHaveLength(1);
  });

  it.each([1, 2, 7])('with %i resource(s) that it stumbles over is read in some more calls', async (count) => {
    const bad = ids.filter((_, n) => n % 11 === 3).slice(0, count);
    const { send, asked } = azureThat((one) =>
      one.ids.some((id) => bad.includes(id)) ? refuse('invalid_query') : one.ids,
    );
    const outcomes = await read(send);
    for (const id of ids) expect(outcomes.get(idKey(id)) instanceof CollectError).toBe(bad.includes(id));
    expect(asked.length).toBeLessThanOrEqual(1 + count * 14);
  });

  it('of a metric that the cloud does not have is read without it, and it is not asked for again', async () => {
    const { send, asked } = azureThat(({ metrics, ids: own }) =>
      metrics.includes('Available Memory Percentage')
        ? refuse(
            'invalid_query',
            'Failed to find metric configuration for provider: Microsoft.Compute, resource Type: virtualMachines, metric: Available Memory Percentage, Valid metrics: Percentage CPU,Network In Total',
          )
        : own,
    );
    const refusals: Refusals = new Map();
    const [first] = (await read(send, refusals)).values();
    if (first instanceof CollectError) throw first;
    expect(first?.get('percentage cpu')).toEqual([]);
    expect(first?.get('available memory percentage')).toMatchObject({ code: 'invalid_query' });
    expect(asked).toHaveLength(2);
    await read(send, refusals);
    expect(asked).toHaveLength(3);
  });

  it('of a question that is refused for all of them is given up soon, and not asked again', async () => {
    const { send, asked } = azureThat(() => refuse('invalid_query'));
    const refusals: Refusals = new Map();
    const outcomes = await read(send, refusals);
    expect(outcomes.size).toBe(ids.length);
    for (const outcome of outcomes.values()) expect(outcome).toMatchObject({ code: 'invalid_query' });
    expect(asked.length).toBeLessThanOrEqual(25);
    const before = asked.length;
    expect((await read(send, refusals)).size).toBe(ids.length);
    expect(asked).toHaveLength(before);
  });

  it('of resources that are all gone is asked for to the last', async () => {
    const { send } = azureThat((one) => refuse(one.ids.length === 1 ? 'not_found' : 'invalid_query'));
    const outcomes = await read(send);
    expect(outcomes.size).toBe(ids.length);
    for (const outcome of outcomes.values()) expect(outcome).toMatchObject({ code: 'not_found' });
  });

  it.each<ErrorCode>(['access_denied', 'rate_limited', 'unavailable', 'cancelled', 'malformed_reply'])(
    'fails as a whole of %s, after one call',
    async (code) => {
      const { send, asked } = azureThat(() => refuse(code));
      await expect(read(send)).rejects.toMatchObject({ code });
      expect(asked).toHaveLength(1);
    },
  );
});
