import { once } from 'node:events';
import { expect, it } from 'vitest';
import { type Clock, systemClock } from '#collect/clock.ts';
import type { CallGate } from '#model/calls.ts';
import { CollectError } from '#model/errors.ts';
import { type Fleet, noCost } from '#model/fleet.ts';
import type { Provider } from '#model/provider.ts';
import type { Resource } from '#model/resource.ts';
import { checkAccess, faultOf, type OngoingCheck } from './check-access.ts';
import type { Target } from './targets.ts';

const never = new AbortController().signal;
const limitMs = 120_000;
const denied = new CollectError('access_denied', 'list: denied');

/** What listing the servers of an account comes to, once it has. */
type List = (account: number, signal: AbortSignal) => Promise<void>;

/** A cloud of so many accounts with one server each, in one region. */
function tinyTarget(accounts: number, list: List, connecting: Promise<void> = Promise.resolve()): Target {
  const provider: Provider = {
    id: 'tiny',
    name: 'Tiny',
    types: [],
    statistics: ['avg'],
    regionForm: /^r$/,
    metricApi: 'list',
    limits: { list: { perSecond: 1_000, timeoutMs: 60_000 } },
    prices: [],
    permissions: [],
    metricTable: [],
    parseSecret: (secret) => secret,
    async connect(_, { gate }) {
      await connecting;
      const fleets = Array.from({ length: accounts }, (_, n) => tinyFleet(n, gate, list));
      return { principal: 'us', fleets, close: () => {} };
    },
  };
  return { name: 'tiny', provider, secret: {}, regions: [] };
}

function tinyFleet(n: number, gate: CallGate, list: List): Fleet {
  const account = `account-${n}`;
  return {
    provider: 'tiny',
    account,
    isRegional: true,
    batchSize: 1,
    regions: async () => ['r'],
    async *resources(region, _, signal) {
      await gate.send({ api: 'list', account, region }, (trying) => list(n, trying), signal);
      yield [serverOf(account, region)];
    },
    survey: async () => undefined,
    surveyCost: () => noCost,
    plan: () => ({ requests: [], unasked: [], reserve: noCost }),
    join: () => [],
    fetch: async () => ({ answers: [], failures: [], followUps: [] }),
    source: () => ({ source: 'tiny', period: 60 }),
  };
}

function serverOf(account: string, region: string): Resource {
  return {
    provider: 'tiny',
    group: 'g',
    type: 't',
    account,
    region,
    id: `${account}/i`,
    name: 'i',
    state: 'RUNNING',
    instanceType: 'm',
    metrics: [],
    tags: {},
    constants: {},
  };
}

/** Until it is broken off, as a call to a cloud is. */
async function hang(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(signal, 'abort');
  throw signal.reason;
}

/** A clock by which the limit has passed once the test says so. */
function limitedClock(): { clock: Clock; pass: () => void } {
  const { promise: passed, resolve: pass } = Promise.withResolvers<void>();
  const sleep: Clock['sleep'] = (ms, signal) => (ms === limitMs ? passed : systemClock.sleep(ms, signal));
  return { clock: { ...systemClock, sleep }, pass };
}

const names = (count: number) => Array.from({ length: count }, (_, n) => `account-${n}`);

it('looks at several accounts at once, though not at all of them, and tells them in the order of the secret', async () => {
  let looking = 0;
  let most = 0;
  const target = tinyTarget(60, async (n) => {
    most = Math.max(most, ++looking);
    // The first ones take the longest.
    for (let turn = n; turn < 60; turn++) await new Promise(setImmediate);
    looking--;
    if (n === 0 || n === 8) throw denied;
  });
  const { accounts, checks, isPartial, error } = await checkAccess(target, { signal: never });
  expect({ isPartial, error }).toEqual({ isPartial: false, error: undefined });
  expect(accounts.map(({ account }) => account)).toEqual(names(60));
  const refused = ['account-0', 'account-8'];
  expect(checks[0]?.failures.map(({ account }) => account)).toEqual(refused);
  expect(most).toBeGreaterThan(4);
  expect(most).toBeLessThan(60);
});

it('says of each call that is waited for, or was refused, in which account that is', async () => {
  const { promise: all, resolve } = Promise.withResolvers<void>();
  const { promise: answered, resolve: answer } = Promise.withResolvers<void>();
  let looking = 0;
  const target = tinyTarget(5, async (n) => {
    if (++looking === 5) resolve();
    await answered;
    if (n === 3) throw denied;
  });
  let look: () => readonly OngoingCheck[] = () => [];
  const checking = checkAccess(target, {
    signal: never,
    onChange: (now) => {
      look = now;
    },
  });
  await all;
  expect(look()[0]?.waiting.map(({ account }) => account)).toEqual(names(5));
  answer();
  const report = await checking;
  expect(look()).toMatchObject([{ waiting: [], failures: [{ account: 'account-3', region: 'r' }] }]);
  expect(report.accounts.map(({ failures }) => failures.length)).toEqual([0, 0, 0, 1, 0]);
  expect(faultOf(report)).toBe(denied);
});

it('tells what was found where time runs out, which is no fault of the account', async () => {
  const { clock, pass } = limitedClock();
  const started: number[] = [];
  const target = tinyTarget(60, async (n, signal) => {
    started.push(n);
    if (n < 7) return;
    // All that were begun besides hang by now.
    if (n === 10) setImmediate(pass);
    await hang(signal);
  });
  const report = await checkAccess(target, { signal: never, clock, limitMs });
  expect(report).toMatchObject({
    principal: 'us',
    isPartial: true,
    checks: [{ api: 'list', failures: [] }],
    error: {
      code: 'timeout',
      message: 'took longer than 120 s; 7 of 60 accounts were checked',
      fix: expect.stringContaining('fleetgauge account test'),
    },
  });
  expect(started.length).toBeLessThan(60);
  // Those that can be picked from are all there, and none that was not looked at is told to be empty.
  expect(report.accounts.map(({ account }) => account)).toEqual(names(60));
  const [checked, rest] = [report.accounts.slice(0, 7), report.accounts.slice(7)];
  for (const { regions, failures } of checked) {
    expect({ regions, failures }).toEqual({ regions: [{ region: 'r', servers: 1 }], failures: [] });
  }
  for (const { failures } of rest) expect(failures).toMatchObject([{ error: report.error }]);
  expect(rest.at(0)?.failures).toMatchObject([{ region: 'r' }]);
  expect(rest.at(-1)?.failures).toMatchObject([{ region: '*' }]);
  expect(faultOf(report)).toBeUndefined();
});

it('tells what was refused before time ran out, which is a fault', async () => {
  const { clock, pass } = limitedClock();
  const target = tinyTarget(3, async (n, signal) => {
    if (n === 0) throw denied;
    if (n === 2) setImmediate(pass);
    await hang(signal);
  });
  const report = await checkAccess(target, { signal: never, clock, limitMs });
  expect(report).toMatchObject({
    isPartial: true,
    checks: [{ failures: [{ account: 'account-0', error: { code: 'access_denied' } }] }],
    error: { code: 'timeout', message: 'took longer than 120 s; 1 of 3 accounts were checked' },
  });
  expect(faultOf(report)).toBe(denied);
});

it('is whole where time ran out with the last answer', async () => {
  const { clock, pass } = limitedClock();
  const report = await checkAccess(
    tinyTarget(1, async () => pass()),
    { signal: never, clock, limitMs },
  );
  expect(report).toMatchObject({
    error: undefined,
    isPartial: false,
    accounts: [{ regions: [{ servers: 1 }], failures: [] }],
  });
});

it('says that it was not let in in time', async () => {
  const { clock, pass } = limitedClock();
  const { promise: broken, reject } = Promise.withResolvers<void>();
  const target = tinyTarget(1, async () => {}, broken);
  const connecting: Provider['connect'] = (secret, context) => {
    context.signal.addEventListener('abort', () => reject(context.signal.reason), { once: true });
    setImmediate(pass);
    return target.provider.connect(secret, context);
  };
  const report = await checkAccess(
    { ...target, provider: { ...target.provider, connect: connecting } },
    { signal: never, clock, limitMs },
  );
  expect(report).toMatchObject({
    principal: undefined,
    isPartial: true,
    accounts: [],
    error: { code: 'timeout', message: 'took longer than 120 s; we were not let in by then' },
  });
  expect(faultOf(report)).toBeUndefined();
});

it('ends at once, with nothing, where nobody waits for it any more', async () => {
  const gone = new AbortController();
  const started: number[] = [];
  const target = tinyTarget(60, async (n, signal) => {
    started.push(n);
    if (n === 0) setImmediate(() => gone.abort());
    await hang(signal);
  });
  const checking = checkAccess(target, { signal: gone.signal, limitMs });
  await expect(checking).rejects.toMatchObject({ code: 'cancelled' });
  expect(started.length).toBeLessThan(60);
});
