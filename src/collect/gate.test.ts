import { describe, expect, it } from 'vitest';
import type { Call } from '#model/calls.ts';
import { CollectError, type ErrorCode } from '#model/errors.ts';
import { type CallWatch, createGate } from './gate.ts';
import { Ledger } from './ledger.ts';
import { manualClock } from './manual-clock.fixture.ts';

const call: Call = { api: 'read', account: '1', region: 'here', points: 100, metrics: 10, usd: 0.01, usdAtMost: 0.03 };
const never = new AbortController().signal;

function setUp({ maxUsd = 10, timeoutMs = 1000, perSecond = 10 } = {}) {
  const clock = manualClock();
  const ledger = new Ledger(maxUsd);
  const gate = createGate({ limits: { read: { perSecond, pointsPerSecond: 5000, timeoutMs } }, ledger, clock });
  return { clock, ledger, gate };
}

/** Fails as often as it is told to, then answers. */
function flaky(times: number, code: ErrorCode): () => Promise<string> {
  let left = times;
  return async () => {
    if (left-- > 0) throw new CollectError(code, 'not now');
    return 'answer';
  };
}

it('tells of each try how long it took, and why it failed', async () => {
  const clock = manualClock();
  const seen: (readonly [api: string, tookMs: number, code: ErrorCode | undefined])[] = [];
  const limits = { read: { perSecond: 10, timeoutMs: 1000 } };
  const watch: CallWatch = ({ api }, tookMs, error) => seen.push([api, tookMs, error?.code]);
  const gate = createGate({ limits, ledger: new Ledger(), clock, watch });
  const answer = flaky(1, 'rate_limited');
  const slowly = async () => {
    await clock.sleep(70, never);
    return answer();
  };
  await gate.send(call, slowly, never);
  expect(seen).toEqual([
    ['read', 70, 'rate_limited'],
    ['read', 70, undefined],
  ]);
});

describe('the gate', () => {
  it('keeps to the rate', async () => {
    const { clock, gate } = setUp();
    const begun = clock.now();
    for (let n = 0; n < 100; n++) await gate.send(call, async () => n, never);
    const seconds = (clock.now() - begun) / 1000;
    expect(100 / seconds).toBeLessThanOrEqual(10.5);
    expect(100 / seconds).toBeGreaterThan(9.5);
  });

  it('keeps to the rate of points where that is the narrower one', async () => {
    const { clock, gate } = setUp({ perSecond: 1000 });
    const begun = clock.now();
    for (let n = 0; n < 100; n++) await gate.send({ ...call, points: 1000 }, async () => n, never);
    expect(100_000 / ((clock.now() - begun) / 1000)).toBeLessThanOrEqual(5300);
  });

  it('gives accounts and regions each their own rate', async () => {
    const { clock, gate } = setUp();
    const begun = clock.now();
    for (let n = 0; n < 20; n++) await gate.send({ ...call, region: `r${n}` }, async () => n, never);
    expect(clock.now()).toBe(begun);
  });

  it.each(['rate_limited', 'unavailable', 'timeout', 'malformed_reply'] as const)(
    'tries again after %s',
    async (code) => {
      const { gate, ledger } = setUp();
      expect(await gate.send(call, flaky(3, code), never)).toBe('answer');
      expect(ledger.lines()).toMatchObject([
        { calls: 4, retried: 3, failed: 3, throttled: code === 'rate_limited' ? 3 : 0 },
      ]);
    },
  );

  it.each(['access_denied', 'secret_rejected', 'invalid_query'] as const)(
    'does not try again after %s',
    async (code) => {
      const { gate, ledger } = setUp();
      await expect(gate.send(call, flaky(1, code), never)).rejects.toMatchObject({ code });
      expect(ledger.lines()).toMatchObject([{ calls: 1, retried: 0 }]);
    },
  );

  it('gives up with the last error', async () => {
    const { gate } = setUp();
    await expect(gate.send(call, flaky(99, 'unavailable'), never)).rejects.toMatchObject({
      code: 'unavailable',
      message: 'not now',
    });
  });

  it('slows down when throttled, and recovers', async () => {
    const { clock, gate } = setUp();
    await gate.send(call, flaky(4, 'rate_limited'), never);
    const slow = await timeOf(20);
    for (let n = 0; n < 200; n++) await gate.send(call, async () => n, never);
    const fast = await timeOf(20);
    expect(slow).toBeGreaterThan(1.5 * fast);

    async function timeOf(calls: number): Promise<number> {
      const begun = clock.now();
      for (let n = 0; n < calls; n++) await gate.send(call, async () => n, never);
      return clock.now() - begun;
    }
  });

  it('waits as long as it was told to', async () => {
    const { clock, gate } = setUp();
    let first = true;
    const work = async () => {
      if (!first) return 1;
      first = false;
      throw new CollectError('rate_limited', 'slow down', { retryAfterMs: 7000 });
    };
    await gate.send(call, work, never);
    expect(clock.slept).toContain(7000);
  });

  it('breaks off a call that does not answer, and says so', async () => {
    const { gate } = setUp({ timeoutMs: 5 });
    const hang = (signal: AbortSignal) =>
      new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    await expect(gate.send(call, hang, never)).rejects.toMatchObject({ code: 'timeout', where: '1/here' });
  });

  it('sends nothing once it is stopped', async () => {
    const { gate, ledger } = setUp();
    await expect(gate.send(call, async () => 1, AbortSignal.abort())).rejects.toMatchObject({ code: 'cancelled' });
    expect(ledger.lines()).toEqual([]);
  });
});

describe('the budget', () => {
  it('stops before the call that could exceed it', async () => {
    const { gate, ledger } = setUp({ maxUsd: 0.1 });
    const send = () => gate.send(call, async () => 1, never);
    for (let n = 0; n < 3; n++) await send();
    await expect(send()).rejects.toMatchObject({ code: 'budget_exceeded' });
    expect(ledger.spent()).toMatchObject({ calls: 3, metrics: 30 });
    expect(ledger.spent().usdAtMost).toBeLessThanOrEqual(0.1);
  });

  it('does not count what was refused', async () => {
    const { gate, ledger } = setUp({ maxUsd: 0.03 });
    await expect(gate.send(call, flaky(1, 'access_denied'), never)).rejects.toThrow();
    expect(await gate.send(call, async () => 'fits', never)).toBe('fits');
    expect(ledger.spent().usd).toBeCloseTo(0.01);
  });

  it('holds across calls in flight', async () => {
    const { gate } = setUp({ maxUsd: 0.05, perSecond: 1e6 });
    const sent = await Promise.allSettled([1, 2, 3].map((n) => gate.send(call, async () => n, never)));
    expect(sent.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected']);
  });
});
