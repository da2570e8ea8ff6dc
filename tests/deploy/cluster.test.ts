import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSite, type Site } from '../chaos/site.ts';
import { regions } from '../chaos/world.ts';
import type { RunningCli } from '../e2e/run-cli.ts';
import { freePort } from '../postgres/cluster.ts';
import { buildRenderer, manifestOf, type Renderer } from './chart.ts';
import { checkObjects } from './check.ts';
import { commandOf, type Secrets, startContainer } from './container.ts';
import { endWithin } from './ending.ts';
import { type AnyObject, type Deployment, deploymentOf, readObjects, scaledObjectOf } from './manifest.ts';
import { go, lacksAny, postgres, python, sprig } from './parts.ts';
import { passes, statusOf } from './probe.ts';
import { valueSets, withAdmin } from './value-sets.ts';

const listens = /Console +http/;
const password = 'correct horse battery';

interface Pod {
  readonly process: RunningCli;
  readonly port: number;
  /** Tells it to end, and waits as long as its pod would. @returns its exit code, or what ended it */
  end(): Promise<number | string | null>;
}

/** What the rendered chart tells a cluster to run, run. */
describe.skipIf(lacksAny(go, sprig, python, postgres))('a cluster by the chart', () => {
  let renderer: Renderer;
  let site: Site;
  let objects: AnyObject[];
  let secrets: Secrets;
  let pods = 0;

  beforeAll(async () => {
    [renderer, site] = await Promise.all([buildRenderer(), openSite({ accounts: 1, latencyMs: 0, holds: true })]);
    secrets = {
      'gauge-database': { url: site.place.database },
      'gauge-master-key': { 'master-key': site.place.masterKey },
      'gauge-admin': { password },
    };
    objects = await objectsFor({ ...withAdmin, plugin: { enabled: true } });
  });
  afterAll(async () => {
    await renderer?.[Symbol.asyncDispose]();
    await site?.[Symbol.asyncDispose]();
  });

  async function objectsFor(values: object): Promise<AnyObject[]> {
    return readObjects((await checkObjects(manifestOf(await renderer.render(values)), [])).objects);
  }

  /** The init containers of a pod to their ends, then its container. */
  async function startPod({ spec }: Deployment, ready: RegExp): Promise<Pod> {
    const { initContainers, containers, terminationGracePeriodSeconds } = spec.template.spec;
    const folder = join(site.place.folder, `pod-${pods++}`);
    for (const container of initContainers) await runOnce(commandOf(container, secrets), folder);
    const [container] = containers;
    const [from] = container.ports;
    const port = await freePort();
    const host = { folder, ...(from === undefined ? {} : { ports: new Map([[from.containerPort, port]]) }) };
    const process = await startContainer(commandOf(container, secrets), host);
    await process.saw(ready);
    return { process, port, end: () => endWithin(process, terminationGracePeriodSeconds) };
  }

  it('adds the first user once, however often a server starts', async () => {
    const [admin] = deploymentOf(objects, 'server').spec.template.spec.initContainers;
    if (admin === undefined) throw new Error('no init container');
    const command = commandOf(admin, secrets);
    const first = await runOnce(command, join(site.place.folder, 'admin'));
    expect(first).toMatch(/Added ann@corp\.example, admin/);
    const again = await runOnce(command, join(site.place.folder, 'admin'));
    expect(again).not.toMatch(/Added/);
  });

  it('has servers that join each other, and probes that tell a dead server from a database that is away', async () => {
    const server = deploymentOf(objects, 'server');
    const [{ startupProbe, livenessProbe, readinessProbe }] = server.spec.template.spec.containers;
    const starting = await Promise.all([startPod(server, listens), startPod(server, listens)]);
    if (startupProbe === undefined || livenessProbe === undefined || readinessProbe === undefined)
      throw new Error('a probe is missing');
    const answers = () =>
      Promise.all(
        starting.flatMap(({ port }) =>
          [startupProbe, livenessProbe, readinessProbe].map((probe) => passes(probe, port)),
        ),
      );
    await expect.poll(answers).toEqual([true, true, true, true, true, true]);

    const [{ port }] = starting;
    expect(await statusOf(port, '/readyz', { Host: `10.4.0.7:${port}` }, 60_000)).toBe(200);
    expect(await statusOf(port, '/metrics', { Host: `10.4.0.7:${port}` }, 60_000)).toBe(403);

    const cookie = await signIn(port);
    for (const { port } of starting) {
      expect(await statusOf(port, '/api/status', { Host: 'localhost', Cookie: cookie }, 60_000)).toBe(200);
    }

    await site.cluster.kill();
    await expect.poll(answers).toEqual([true, true, false, true, true, false]);
    await site.cluster.start();
    await expect.poll(answers).toEqual([true, true, true, true, true, true]);
    expect(await Promise.all(starting.map(({ end }) => end()))).toEqual([0, 0]);
  });

  it('has workers that store what is in flight when they are told to end, and others that go on from there', async () => {
    const worker = deploymentOf(objects, 'worker');
    const openTasks = await queryOf(objectsFor(valueSets['workers by the database']));
    expect(await openTasks(site.place.database)).toBe(0);
    const metrics = site.hold('GetMetricData');
    const first = await startPod(worker, /is ready/);
    const [{ startupProbe, livenessProbe, readinessProbe }] = worker.spec.template.spec.containers;
    for (const probe of [startupProbe, livenessProbe, readinessProbe]) {
      if (probe === undefined) throw new Error('a probe is missing');
      await expect.poll(() => passes(probe, first.port)).toBe(true);
    }
    const { id } = await site.startJob(0);
    expect(await openTasks(site.place.database)).toBe(regions.length);
    expect(await metricsAt(first.port)).toMatch(/^fleetgauge_queue_depth \d+$/m);
    await expect.poll(() => metrics.count).toBeGreaterThan(0);
    const ending = first.end();
    metrics.letGo();
    expect(await ending).toBe(0);
    const left = (await site.store.jobs.get(id)).tasks.map(({ state }) => state);
    expect(left).not.toContain('RUNNING');

    const second = await startPod(worker, /is ready/);
    expect((await site.ended(id)).state).toBe('SUCCESS');
    expect(await openTasks(site.place.database)).toBe(0);
    expect(await second.end()).toBe(0);
  });

  it('has plugins that are alive, ready, and end in time', async () => {
    const plugin = deploymentOf(objects, 'plugin');
    const [{ startupProbe, livenessProbe, readinessProbe }] = plugin.spec.template.spec.containers;
    const pod = await startPod(plugin, / at grpc:/);
    for (const probe of [startupProbe, livenessProbe, readinessProbe]) {
      if (probe === undefined) throw new Error('a probe is missing');
      await expect.poll(() => passes(probe, pod.port)).toBe(true);
    }
    expect(await pod.end()).toBe(0);
  });
});

async function metricsAt(port: number): Promise<string> {
  return (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
}

/** @returns what it says @throws Error where it fails */
async function runOnce(command: ReturnType<typeof commandOf>, folder: string): Promise<string> {
  const { code, stdout, stderr } = await (await startContainer(command, { folder })).ended;
  if (code !== 0) throw new Error(`ended with ${code}: ${stderr}`);
  return stdout + stderr;
}

/** @returns a cookie */
async function signIn(port: number): Promise<string> {
  const response = await fetch(`http://localhost:${port}/api/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: `http://localhost:${port}` },
    body: JSON.stringify({ email: 'ann@corp.example', password }),
  });
  const [cookie = ''] = response.headers.getSetCookie();
  if (!response.ok) throw new Error(`signing in: ${response.status} ${await response.text()}`);
  return cookie.split(';')[0] ?? '';
}

/** What a ScaledObject asks the database for. */
async function queryOf(objects: Promise<readonly AnyObject[]>): Promise<(url: string) => Promise<number>> {
  const [{ type, metadata }] = scaledObjectOf(await objects).spec.triggers;
  expect(type).toBe('postgresql');
  return async (url) => {
    const client = new pg.Client(url);
    await client.connect();
    const { rows } = await client.query<{ count: string }>(metadata.query ?? '');
    await client.end();
    return Number(rows[0]?.count);
  };
}
