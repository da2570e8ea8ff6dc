import { inspect } from 'node:util';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { CollectError, reportOf } from '#model/errors.ts';
import { serverMetricKeys } from '#model/metric.ts';
import { valuesAt } from '#model/record.ts';
import type { Faults } from '../../demo/azure/faults.ts';
import type { AzureCloud } from '../../demo/azure/server.ts';
import {
  application,
  carriersOf,
  clientSecret,
  connectTo,
  fleetOf,
  otherSubscription,
  type Reading,
  type ReadOptions,
  read,
  startCloud,
  subscription,
  tenant,
} from './testing-fleet.fixture.ts';

const clouds: AzureCloud[] = [];
afterEach(async () => {
  await Promise.all(clouds.splice(0).map((cloud) => cloud.stop()));
});

async function cloudWith(faults: Partial<Faults>): Promise<AzureCloud> {
  const cloud = await startCloud({ faults });
  clouds.push(cloud);
  return cloud;
}

/** For hosts that hang: one that answers may take longer on a busy machine. */
const impatient = { timeoutMs: 30 };

let calm: Reading;
beforeAll(async () => {
  const cloud = await startCloud();
  calm = await read(cloud);
  await cloud.stop();
});

async function readWith(faults: Partial<Faults>, options: ReadOptions = {}): Promise<Reading> {
  return read(await cloudWith(faults), options);
}

function foldedOf({ servers }: Reading) {
  return new Map([...servers].map(([id, { folded }]) => [id, folded] as const).sort(([a], [b]) => a.localeCompare(b)));
}

function callsTo({ ledger }: Pick<Reading, 'ledger'>, api: string): number {
  return ledger.lines().find((line) => line.api === api)?.calls ?? 0;
}

/** A machine that runs, with data of all kinds. */
function measuredMachine() {
  const found = [...calm.servers.values()].find(
    ({ folded, resource }) =>
      resource.state === 'RUNNING' && valuesAt(folded?.monitoring ?? {}, 'network.sent_pps') !== undefined,
  );
  if (found === undefined) throw new Error('no machine has data');
  return found.resource;
}

describe('what passes leaves no trace in the result', () => {
  it.each<{ name: string; faults: Partial<Faults> }>([
    { name: 'server errors, of Entra ID too', faults: { serverErrorRate: 0.3 } },
    { name: 'connections torn down', faults: { resetRate: 0.2 } },
    { name: 'throttling', faults: { throttleStorm: { every: 6, lasts: 3 } } },
    { name: 'an overloaded metrics service', faults: { overloadRate: 0.4 } },
    { name: 'calls that Azure stumbles over', faults: { outOfRangeRate: 0.5 } },
    { name: 'calls that Azure stumbles over, whatever their size', faults: { outOfRangeRate: 1 } },
    { name: 'all of them', faults: { serverErrorRate: 0.1, resetRate: 0.1, overloadRate: 0.1, outOfRangeRate: 0.1 } },
  ])('$name', async ({ faults }) => {
    expect(foldedOf(await readWith(faults))).toEqual(foldedOf(calm));
  });
});

describe('what is refused is said', () => {
  it('metrics of a region: every key is denied, what discovery knows stays', async () => {
    const reading = await readWith({ deniedMetrics: [`${subscription}/*`] });
    expect(reading.servers.size).toBe(calm.servers.size);
    for (const [id, { folded, failures }] of reading.servers) {
      expect(valuesAt(folded?.monitoring ?? {}, 'memory.total')).toEqual(
        valuesAt(calm.servers.get(id)?.folded?.monitoring ?? {}, 'memory.total'),
      );
      if (failures.length === 0) continue;
      expect(folded?.info.metrics['cpu.utilization']).toEqual({ missing: 'denied' });
      expect(failures[0]?.error).toMatchObject({
        code: 'access_denied',
        where: `${subscription}/westeurope`,
        fix: expect.stringContaining('Monitoring Reader'),
      });
    }
    expect(callsTo(reading, 'monitor:getBatch')).toBeLessThanOrEqual(4);
    expect(reading.ledger.spent().usdAtMost).toBe(0);
  });

  it('a role on resources and not on the subscription', async () => {
    const cloud = await cloudWith({});
    const [, , narrow] = tenant.applications;
    const from = { ...application, clientId: narrow?.clientId, clientSecret: narrow?.secret };
    const { servers } = await read(cloud, { subscription: otherSubscription }, { from });
    expect(servers.size).toBe(15);
    for (const { folded, failures, resource } of servers.values()) {
      expect(resource.constants).toEqual({});
      expect(folded?.info.metrics['memory.total']).toEqual({ missing: 'no_data' });
      for (const { error } of failures) {
        expect(error).toMatchObject({
          code: 'access_denied',
          fix: expect.stringContaining(`--role "Monitoring Reader" --scope /subscriptions/${otherSubscription}`),
        });
      }
    }
    expect([...servers.values()].some(({ failures }) => failures.length > 0)).toBe(true);
  });

  it('a subscription without Microsoft.Insights', async () => {
    const [own, ...others] = tenant.subscriptions;
    if (own === undefined) throw new Error('no subscription');
    const cloud = await startCloud({
      tenants: [{ ...tenant, subscriptions: [{ ...own, insightsUnregistered: true }, ...others] }],
    });
    clouds.push(cloud);
    const { servers } = await read(cloud);
    const errors = [...servers.values()].flatMap(({ failures }) => failures.map(({ error }) => error));
    expect(errors.length).toBeGreaterThan(0);
    for (const error of errors) {
      expect(error).toMatchObject({
        code: 'access_denied',
        fix: expect.stringContaining(
          `az provider register --namespace Microsoft.Insights --subscription ${subscription}`,
        ),
      });
    }
  });

  it('Resource Manager altogether', async () => {
    await expect(readWith({ deniedManagement: ['*'] })).rejects.toMatchObject({
      code: 'access_denied',
      fix: expect.stringContaining('--role Reader'),
    });
  });

  it('single metrics: those keys alone', async () => {
    const { servers } = await readWith({ metricErrorRate: 0.03 });
    let failed = 0;
    for (const [id, { folded, failures }] of servers) {
      const before = calm.servers.get(id)?.folded;
      for (const key of serverMetricKeys) {
        const failure = failures.find((each) => each.key === key && each.reason !== 'terminated');
        if (failure !== undefined) {
          failed++;
          expect(failure).toMatchObject({ reason: 'unavailable', error: { code: 'unavailable' } });
          expect(folded?.info.metrics[key]).toEqual({ missing: 'unavailable' });
        }
        // Without its clock, CPU is weighed by its own samples.
        else if (key !== 'cpu.utilization') expect(folded?.info.metrics[key]).toEqual(before?.info.metrics[key]);
        if (failure === undefined)
          expect(valuesAt(folded?.monitoring ?? {}, key)).toEqual(valuesAt(before?.monitoring ?? {}, key));
      }
    }
    expect(failed).toBeGreaterThan(10);
  });

  it('one machine that is gone: found by halving, all others read', async () => {
    const { id } = measuredMachine();
    const { servers } = await readWith({ missingResources: [id] });
    expect(servers.get(id)?.folded?.info.metrics['cpu.utilization']).toEqual({ missing: 'terminated' });
    for (const [other, { folded }] of servers)
      if (other !== id) expect(folded).toEqual(calm.servers.get(other)?.folded);
  });

  it('one interface that is gone: the packets of its machine alone', async () => {
    const machine = [...calm.servers.values()].find(
      ({ folded }) => 'max_is' in (folded?.info.metrics['network.sent_pps'] ?? {}),
    )?.resource;
    const nic = machine === undefined ? '' : (carriersOf(machine).interfaces[1] ?? '');
    const { servers } = await readWith({ missingResources: [nic] });
    for (const [id, { folded }] of servers) {
      const before = calm.servers.get(id)?.folded;
      for (const key of serverMetricKeys) {
        const isHit = id === machine?.id && key.endsWith('_pps');
        expect(folded?.info.metrics[key]).toEqual(isHit ? { missing: 'unavailable' } : before?.info.metrics[key]);
      }
    }
  });

  it('all machines of a batch gone: each is said, none is a failure, and the region is not given up', async () => {
    const missingResources = [...calm.servers.keys()].slice(0, 60);
    const { servers } = await readWith({ missingResources });
    const gone = [...servers].filter(([id]) => missingResources.includes(id));
    const asked = gone.filter(([id]) => {
      const before = calm.servers.get(id)?.folded?.info.metrics['cpu.utilization'];
      return before !== undefined && !('missing' in before);
    });
    expect(asked.length).toBeGreaterThan(40);
    for (const [, { folded, failures }] of asked) {
      expect(folded?.info.metrics['cpu.utilization']).toEqual({ missing: 'terminated' });
      expect(failures).toEqual([]);
    }
    for (const [id, { folded }] of servers)
      if (!missingResources.includes(id)) expect(folded).toEqual(calm.servers.get(id)?.folded);
  });

  it('a metrics service that answers nonsense', async () => {
    const { servers } = await readWith({ malformedHosts: ['westeurope'] });
    const failures = [...servers.values()].flatMap((server) => server.failures);
    expect(failures.length).toBeGreaterThan(0);
    for (const { error, reason } of failures) expect([error.code, reason]).toEqual(['malformed_reply', 'unavailable']);
  });

  it.each([
    { host: 'management', code: 'malformed_reply', faults: { malformedHosts: ['management'] }, options: {} },
    { host: 'management', code: 'timeout', faults: { hangingHosts: ['management'] }, options: impatient },
    { host: 'login', code: 'timeout', faults: { hangingHosts: ['login'] }, options: impatient },
  ])('$host does not answer: $code', async ({ code, faults, options }) => {
    await expect(readWith(faults, options)).rejects.toMatchObject({ code });
  });

  it('throttling without end: said, after a bounded number of calls', async () => {
    const cloud = await cloudWith({});
    const connected = await connectTo(cloud.url);
    cloud.faults.set({ throttleStorm: { every: 1e9, lasts: 1e9 } });
    const regions = fleetOf(connected.connection).regions(new AbortController().signal);
    await expect(regions).rejects.toMatchObject({ code: 'rate_limited' });
    expect(connected.ledger.lines().find(({ api }) => api === 'resourcegraph:resources')).toMatchObject({
      calls: 8,
      throttled: 8,
      retried: 7,
    });
    connected.connection.close();
  });
});

describe('stopping', () => {
  it.each(['login', 'management'])('ends at once where %s does not answer', async (host) => {
    const cloud = await cloudWith({ hangingHosts: [host] });
    const stop = new AbortController();
    const reading = read(cloud, { signal: stop.signal });
    const begun = performance.now();
    setImmediate(() => stop.abort());
    await expect(reading).rejects.toMatchObject({ code: 'cancelled' });
    expect(performance.now() - begun).toBeLessThan(10_000);
  });

  it('ends at once where the metrics service does not answer, and says what was not read', async () => {
    const cloud = await cloudWith({ hangingHosts: ['westeurope'] });
    const stop = new AbortController();
    const reading = read(cloud, { signal: stop.signal });
    await until(() => cloud.stats.rows().some(({ operation }) => operation === 'getBatch'));
    const begun = performance.now();
    stop.abort();
    const { servers } = await reading;
    expect(performance.now() - begun).toBeLessThan(10_000);
    const reasons = [...servers.values()].flatMap(({ failures }) => failures.map(({ reason }) => reason));
    expect(new Set(reasons)).toEqual(new Set(['not_read']));
  });

  it('sends no further request, and keeps what was read', async () => {
    const reading = await readWith({}, { stopping: AbortSignal.abort() });
    expect(reading.servers.size).toBe(0);
    expect(callsTo(reading, 'monitor:getBatch')).toBe(0);
  });

  it('at the budget: what is left is not read, and nothing is said of it', async () => {
    const { servers, ledger } = await readWith({}, { maxUsd: 0.004 });
    expect(ledger.spent().usdAtMost).toBeLessThanOrEqual(0.004);
    const unread = [...servers.values()].filter(({ folded }) => folded === undefined);
    expect(unread.length).toBeGreaterThan(0);
    for (const { failures } of unread) {
      const codes = new Set(failures.filter(({ reason }) => reason !== 'terminated').map(({ error }) => error.code));
      expect(codes).toEqual(new Set(['budget_exceeded']));
    }
  });
});

it.each([
  {
    name: 'a wrong secret',
    from: { ...application, clientSecret: 'a~wrong-secret-that-must-not-be-shown' },
    says: 'AADSTS7000215',
  },
  {
    name: 'an unknown application',
    from: { ...application, clientId: '99999999-0000-4000-8000-000000000021' },
    says: 'AADSTS700016',
  },
  {
    name: 'an unknown tenant',
    from: { ...application, tenantId: '99999999-0000-4000-8000-000000000001' },
    says: 'AADSTS90002',
  },
  {
    name: 'an answer that never comes',
    from: application,
    faults: { hangingHosts: ['login'] },
    options: impatient,
    says: 'no answer',
  },
  { name: 'an answer that is none', from: application, faults: { malformedHosts: ['login'] }, says: 'entra:token' },
  { name: 'a failing Entra ID', from: application, faults: { serverErrorRate: 1 }, says: 'entra:token' },
])('no secret is shown by $name', async ({ from, faults = {}, options = {}, says }) => {
  const cloud = await cloudWith(faults);
  const refused = await connectTo(cloud.url, options, { from }).catch(CollectError.from);
  if (!(refused instanceof CollectError)) throw new Error('it was let in');
  expect(refused.message).toContain(says);
  const shown = [JSON.stringify(reportOf(refused)), inspect(refused, { depth: 20, showHidden: true })].join('\n');
  expect(shown).not.toContain(from.clientSecret);
  expect(shown).not.toContain(clientSecret);
});

/** Looks again whenever the event loop turns. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve));
}
