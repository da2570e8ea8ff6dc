import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { MetricRequest } from '#model/fleet.ts';
import { serverMetricKeys } from '#model/metric.ts';
import { serverType } from '#model/resource-type.ts';
import { dayCount, daySeconds, lastDays, startOf } from '#model/window.ts';
import { expressionsOf, overDay, samplesPerSlot } from '#providers/prometheus/expressions.ts';
import { type PrometheusRequest, queriesFor } from '#providers/prometheus/plan.ts';
import { oneOf } from '#providers/prometheus/promql.ts';
import { lastOf } from '#providers/prometheus/server.ts';
import { lacks } from '../../e2e/parts.ts';
import { type TemporaryFolder, temporaryFolder } from '../../e2e/temporary-folder.ts';
import { kubernetesShaped } from './kubernetes-shaped.ts';
import { libvirtShaped } from './libvirt-shaped.ts';
import { nodeShaped } from './node-shaped.ts';
import { writeOpenMetrics } from './open-metrics.ts';
import { prometheusPart, promtoolPart } from './parts.ts';
import { importHistory, startPrometheus } from './processes.ts';
import { connectTo, read } from './reading.ts';
import { windowsShaped } from './windows-shaped.ts';

const now = Date.now();
const days = lastDays(2, now);
const keys = serverMetricKeys.filter((key) => key !== 'memory.total');
const [from, to] = [startOf(days.from) - 3600, Math.ceil(now / 1000) + 3600];

let folder: TemporaryFolder;

describe.skipIf(lacks(prometheusPart) || lacks(promtoolPart))('the limits of a real Prometheus', () => {
  beforeAll(async () => {
    folder = await temporaryFolder('prometheus-limits');
    const life = { from, to };
    const target = { instance: '10.0.0.9:9100', name: 'doubled', life, skip: 40 };
    const histories = [
      nodeShaped({ instance: '10.0.0.1:9100', name: 'one', life, skip: 0, cores: 4 }),
      nodeShaped({ instance: '10.0.0.2:9100', name: 'two', life, skip: 10, isNoisy: true }),
      nodeShaped({ instance: '10.0.0.3:9100', name: 'three', life, skip: 20, hasClock: false }),
      nodeShaped(target),
      nodeShaped({ ...target, labels: { job: 'node-again' } }),
      windowsShaped({ instance: '10.1.0.1:9182', name: 'WIN', names: 'both', life, skip: 0 }),
      libvirtShaped({
        domain: 'vm-1',
        uuid: 'u-1',
        name: 'vm',
        from,
        to,
        skip: 0,
        hosts: [{ host: 'hv:9177', from, to }],
      }),
      kubernetesShaped({ node: 'worker', address: '192.168.7.2', cadvisor: 'by_node', life, skip: 0 }),
    ];
    const file = join(folder.path, 'history.om');
    await writeOpenMetrics(
      file,
      histories.flatMap(({ series }) => series),
    );
    await importHistory(folder.path, file);
  });

  afterAll(() => folder?.[Symbol.asyncDispose]());

  it('no query holds more samples at once than was estimated', async () => {
    await using server = await startPrometheus(folder.path);
    using connected = await connectTo(server.url);
    const pages = connected.fleet.resources('global', [serverType], new AbortController().signal);
    const resources = (await Array.fromAsync(pages)).flat();
    const wanted = resources.map((resource) => ({ resource, keys, days, statistics: ['avg', 'max'] as const }));
    const { requests } = connected.fleet.plan(wanted, undefined);
    const excess: string[] = [];
    let compared = 0;
    for (const request of requests.filter(isOurs)) {
      const names = request.servers.map(({ measuredAs = '' }) => lastOf(measuredAs));
      const scope = { ...request.scope, matchers: [oneOf(request.scope.by.at(-1) ?? '', names)] };
      const slots = (dayCount(days) * daySeconds) / scope.slot.seconds;
      for (const { key, measure, statistic } of queriesFor(request)) {
        if (statistic === 'slots') continue;
        const series = request.servers.map(({ seriesPerKey }) => seriesPerKey[request.family]);
        const perSlot = series.reduce((sum, count) => sum + samplesPerSlot(measure, count, scope), 0);
        const { mean, highest } = expressionsOf(measure, scope);
        const peak = await peakOf(server.url, overDay(statistic, statistic === 'max' ? highest : mean, scope.slot));
        if (peak > slots * perSlot) excess.push(`${request.exporter} ${key}: ${peak} of ${slots * perSlot}`);
        if (peak > (slots * perSlot) / 3) compared++;
      }
    }
    expect(excess).toEqual([]);
    // It is an estimate, too, and not just a large number.
    expect(compared).toBeGreaterThan(100);
  });

  it('what is too much at once is read in parts, with the same result', async () => {
    const calm = await readWith([]);
    const strict = await readWith(['--query.max-samples=4500']);
    expect(strict.refused).toBeGreaterThan(3);
    expect(strict.servers.map(({ resource }) => resource.id)).toEqual(calm.servers.map(({ resource }) => resource.id));
    for (const [at, { folded, failures }] of strict.servers.entries()) {
      expect(failures).toEqual([]);
      expect(folded?.monitoring).toEqual(calm.servers[at]?.folded?.monitoring);
    }
  });

  it('what is too much by any measure fails, and says how to help it', async () => {
    const { servers } = await readWith(['--query.max-samples=1200']);
    const one = servers.find(({ resource }) => resource.name === 'one');
    expect(one?.folded?.info.metrics['cpu.utilization']).toEqual({ missing: 'unsupported' });
    expect(one?.failures[0]?.error).toMatchObject({
      message: expect.stringContaining('too many samples'),
      fix: expect.stringContaining('--query.max-samples'),
    });
    expect(one?.folded?.info.metrics['network.sent_pps']).toMatchObject({ coverage: 1 });
  });
});

async function readWith(flags: readonly string[]) {
  await using server = await startPrometheus(folder.path, { flags });
  using connected = await connectTo(server.url);
  const servers = await read(connected.fleet, days);
  const refused = connected.ledger.lines().reduce((sum, { failed }) => sum + failed, 0);
  return { servers, refused };
}

const Stats = z.object({
  status: z.literal('success'),
  data: z.object({ stats: z.object({ samples: z.object({ peakSamples: z.number() }) }) }),
});

/** Samples that the server itself says it held at once. */
async function peakOf(url: string, query: string): Promise<number> {
  const form = { query, start: startOf(days.from + 1), end: startOf(days.to), step: daySeconds, stats: 'all' };
  const body = new URLSearchParams(
    Object.entries(form).map(([name, value]): [string, string] => [name, String(value)]),
  );
  const reply = await fetch(`${url}/api/v1/query_range`, { method: 'POST', body });
  return Stats.parse(await reply.json()).data.stats.samples.peakSamples;
}

function isOurs(request: MetricRequest): request is PrometheusRequest {
  return 'family' in request;
}
