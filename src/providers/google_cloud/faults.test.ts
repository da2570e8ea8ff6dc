import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { MetricKey } from '#model/metric.ts';
import { valuesAt } from '#model/record.ts';
import type { Faults } from '../../demo/google/faults.ts';
import type { GoogleCloud } from '../../demo/google/server.ts';
import {
  connectTo,
  fleetOf,
  projects,
  type Reading,
  type ReadOptions,
  read,
  startCloud,
  timeSeriesCalls,
} from './testing-fleet.fixture.ts';

const [{ id: one }, { id: two }, { id: off }] = projects;
const days = 2;

const clouds: GoogleCloud[] = [];
afterEach(async () => {
  await Promise.all(clouds.splice(0).map((cloud) => cloud.close()));
});

async function cloudWith(faults: Partial<Faults>): Promise<GoogleCloud> {
  const cloud = await startCloud({ faults });
  clouds.push(cloud);
  return cloud;
}

let calm: Reading;
let calmTwo: Reading;
beforeAll(async () => {
  const cloud = await startCloud();
  calm = await read(cloud, { days });
  calmTwo = await read(cloud, { days, project: two });
  await cloud.close();
});

async function readWith(faults: Partial<Faults>, options: ReadOptions = {}): Promise<Reading> {
  return read(await cloudWith(faults), { days, ...options });
}

function foldedOf({ servers }: Reading) {
  return new Map([...servers].map(([id, { folded }]) => [id, folded] as const).sort(([a], [b]) => a.localeCompare(b)));
}

function infoOf(reading: Reading, id: string, key: MetricKey) {
  return reading.servers.get(id)?.folded?.info.metrics[key];
}

/** Servers that have a value for it when nothing goes wrong. */
function measuredIn(reading: Reading, key: MetricKey): string[] {
  return [...reading.servers].flatMap(([id, { folded }]) =>
    valuesAt(folded?.monitoring ?? {}, key) === undefined ? [] : [id],
  );
}

describe('what passes leaves no trace in the result', () => {
  it.each<{ name: string; faults: Partial<Faults> }>([
    { name: 'server errors', faults: { serverErrorRate: 0.3 } },
    { name: 'connections torn down', faults: { resetRate: 0.2 } },
    { name: 'throttling', faults: { throttleStorm: { every: 6, lasts: 3 } } },
    { name: 'all of them', faults: { serverErrorRate: 0.1, resetRate: 0.1, throttleStorm: { every: 9, lasts: 2 } } },
  ])('$name', async ({ faults }) => {
    const reading = await readWith(faults, { project: two });
    expect(reading.error).toBeUndefined();
    expect(foldedOf(reading)).toEqual(foldedOf(calmTwo));
    for (const { failures } of reading.servers.values()) expect(failures).toEqual([]);
  });
});

describe('what is refused is said', () => {
  it('no Monitoring in the project: every key is denied, what discovery knows stays', async () => {
    const reading = await readWith({ denied: [`monitoring/${one}`] });
    expect(reading.servers.size).toBe(calm.servers.size);
    for (const id of measuredIn(calm, 'cpu.utilization')) {
      expect(infoOf(reading, id, 'cpu.utilization')).toEqual({ missing: 'denied' });
      expect(infoOf(reading, id, 'memory.total')).toMatchObject({ coverage: 1 });
    }
    const [failure] = [...reading.servers.values()].flatMap(({ failures }) => failures);
    expect(failure?.error).toMatchObject({
      code: 'access_denied',
      where: one,
      fix: expect.stringContaining('roles/monitoring.viewer'),
    });
    expect(timeSeriesCalls(reading)).toBeLessThanOrEqual(4);
    expect(reading.ledger.spent().usd).toBe(0);
  });

  it('Monitoring that was never switched on: how to switch it on', async () => {
    const reading = await readWith({}, { project: off });
    expect(reading.servers.size).toBe(5);
    const errors = [...reading.servers.values()].flatMap(({ failures }) => failures.map(({ error }) => error));
    expect(errors[0]).toMatchObject({
      code: 'access_denied',
      fix: 'gcloud services enable monitoring.googleapis.com --project 320000000003',
    });
  });

  it('no Compute Engine in the project: nothing is said about its servers', async () => {
    const { servers, error } = await readWith({ denied: [`compute/${one}`] });
    expect(servers.size).toBe(0);
    expect(error).toMatchObject({
      code: 'access_denied',
      where: one,
      fix: expect.stringContaining('roles/compute.viewer'),
    });
  });

  it('Compute Engine that was never switched on: a project that was found has no servers, one that was named is an error', async () => {
    const found = await readWith({ disabled: [`compute/${two}`] }, { project: two });
    expect(found.error).toBeUndefined();
    expect(found.servers.size).toBe(0);
    const named = await readWith({ disabled: [`compute/${two}`] }, { project: two, secret: { projects: [two] } });
    expect(named.error).toMatchObject({
      code: 'access_denied',
      fix: expect.stringContaining('services enable compute'),
    });
  });

  it('a zone that cannot be looked into: the others are measured, and the zone is named', async () => {
    const { servers, error } = await readWith({ unreachableZones: [`${one}/europe-west1-b`] });
    expect(error).toMatchObject({ code: 'unavailable', where: `${one}/europe-west1-b` });
    expect(servers.size).toBe(60);
    for (const [id, { folded }] of servers) expect(folded).toEqual(calm.servers.get(id)?.folded);
  });

  it('a project of a metrics scope that cannot be looked into: the others are measured', async () => {
    const secret = { scopingProject: one, projects: [one, two] };
    const { servers, error } = await readWith({ denied: [`compute/${two}`] }, { secret });
    expect(error).toMatchObject({ code: 'access_denied', where: two });
    expect(servers.size).toBe(90);
    for (const [id, { folded }] of servers) expect(folded).toEqual(calm.servers.get(id)?.folded);
  });

  it('time series of a zone that are left out: its servers failed, they are not without data', async () => {
    const reading = await readWith({ unreadableSeries: [`${one}/us-central1-a`] });
    for (const id of measuredIn(calm, 'cpu.utilization')) {
      const isLost = calm.servers.get(id)?.resource.zone === 'us-central1-a';
      if (!isLost) expect(cpuOf(reading, id)).toEqual(cpuOf(calm, id));
      else {
        expect(infoOf(reading, id, 'cpu.utilization')).toEqual({ missing: 'unavailable' });
        expect(reading.servers.get(id)?.days.size).toBe(0);
      }
    }
    // Whether an agent runs on a server that none was seen of is not known either.
    for (const [id, { folded }] of calm.servers) {
      const before = folded?.info.metrics['memory.usage'];
      if (before !== undefined && 'missing' in before && before.missing === 'agent_absent')
        expect(infoOf(reading, id, 'memory.usage')).toEqual({ missing: 'unavailable' });
    }
    const [lost] = [...reading.servers.values()].flatMap(({ failures }) => failures);
    expect(lost?.error.message).toContain(`${one}/us-central1-a`);
  });

  it('answers that break off', async () => {
    const discovery = await readWith({ malformed: [`compute/${one}`] });
    expect(discovery.error).toMatchObject({ code: 'malformed_reply' });
    const metrics = await readWith({ malformed: [`monitoring/${one}`] });
    for (const id of measuredIn(calm, 'cpu.utilization'))
      expect(infoOf(metrics, id, 'cpu.utilization')).toEqual({ missing: 'unavailable' });
  });

  it('a project that does not answer', async () => {
    const { error } = await readWith({ hanging: [`compute/${one}`] }, { timeoutMs: 250 });
    expect(error).toMatchObject({ code: 'timeout', where: `${one}/global` });
  });

  it('throttling without end: said, after a bounded number of calls', async () => {
    const cloud = await cloudWith({});
    const { connection, ledger } = await connectTo(cloud);
    cloud.faults.set({ throttleStorm: { every: 1e9, lasts: 1e9 } });
    const pages = fleetOf(connection).resources('global', ['server'], new AbortController().signal);
    await expect(Array.fromAsync(pages)).rejects.toMatchObject({ code: 'rate_limited' });
    expect(ledger.lines().find(({ api }) => api === 'compute:instances.aggregatedList')).toMatchObject({
      calls: 8,
      throttled: 8,
      retried: 7,
    });
  });
});

describe('stopping', () => {
  it.each(['compute', 'monitoring', 'oauth2'])('ends at once where %s does not answer', async (service) => {
    const cloud = await cloudWith({ hanging: [`${service}/*`] });
    const stop = new AbortController();
    const reading = read(cloud, { days, signal: stop.signal }).then(
      ({ error }) => error,
      (error: unknown) => error,
    );
    await waitForCalls(cloud);
    const begun = performance.now();
    stop.abort();
    expect(await reading).toMatchObject({ code: 'cancelled' });
    expect(performance.now() - begun).toBeLessThan(10_000);
  });

  it('sends no further request, and keeps what was read', async () => {
    const reading = await readWith({}, { stopping: AbortSignal.abort() });
    expect(reading.servers.size).toBe(0);
    expect(timeSeriesCalls(reading)).toBeLessThanOrEqual(1);
  });

  it('at the budget: what is left is not read, and nothing is said of it', async () => {
    const { servers, ledger } = await readWith({}, { maxUsd: 0.0004 });
    expect(ledger.spent().usdAtMost).toBeLessThanOrEqual(0.0004);
    const unread = [...servers.values()].filter(({ folded }) => folded === undefined);
    expect(unread.length).toBeGreaterThan(0);
    for (const { failures } of unread)
      expect(failures.every(({ error }) => error.code === 'budget_exceeded')).toBe(true);
  });
});

describe('other types', () => {
  it('are not there, and cost no call', async () => {
    const { connection, ledger } = await connectTo(await cloudWith({}));
    const pages = await Array.fromAsync(
      fleetOf(connection).resources('global', ['database'], new AbortController().signal),
    );
    expect(pages).toEqual([]);
    expect(ledger.lines().map(({ api }) => api)).not.toContain('compute:instances.aggregatedList');
  });
});

/** Until the cloud has been asked, so that something is under way. */
async function waitForCalls(cloud: GoogleCloud): Promise<void> {
  while (!cloud.stats.rows().some(({ calls }) => calls > 0)) await new Promise((resolve) => setImmediate(resolve));
}

function cpuOf(reading: Reading, id: string) {
  const folded = reading.servers.get(id)?.folded;
  return [folded?.monitoring.cpu, folded?.info.metrics['cpu.utilization']];
}
