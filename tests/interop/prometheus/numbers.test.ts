import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CollectedServer } from '#collect/collect-region.ts';
import type { Statistic } from '#model/statistic.ts';
import { lastDays, startOf } from '#model/window.ts';
import { lacks } from '../../e2e/parts.ts';
import { runCli } from '../../e2e/run-cli.ts';
import { type TemporaryFolder, temporaryFolder } from '../../e2e/temporary-folder.ts';
import { untilDayHasTime } from '../../e2e/turn-of-day.ts';
import { realSeries } from '../moto/real-series.ts';
import { Listing } from '../moto/record.ts';
import type { RealName } from './course.ts';
import { differences } from './differences.ts';
import type { ExpectedServer } from './expected.ts';
import { historyOf, twinsOf } from './fleet.ts';
import { writeOpenMetrics } from './open-metrics.ts';
import { prometheusPart, promtoolPart } from './parts.ts';
import { importHistory, type Running, startPrometheus } from './processes.ts';
import { connectTo, read } from './reading.ts';

// What is stored and what is read of it are to be of the same days.
await untilDayHasTime();
const now = Date.now();
const days = lastDays(5, now);
const window = { start: startOf(days.from), end: startOf(days.to) };

let folder: TemporaryFolder;
let server: Running;
let expected: readonly ExpectedServer[];
let twins: readonly ExpectedServer[];

describe.skipIf(lacks(prometheusPart) || lacks(promtoolPart))('real series, through a real Prometheus', () => {
  beforeAll(async () => {
    folder = await temporaryFolder('prometheus');
    const history = historyOf(window, now / 1000);
    const pair = twinsOf(window, now / 1000);
    expected = history.servers;
    twins = pair.servers;
    const file = join(folder.path, 'history.om');
    await writeOpenMetrics(file, [...history.series, ...pair.series]);
    await importHistory(folder.path, file);
    server = await startPrometheus(folder.path);
  });

  afterAll(async () => {
    await server?.[Symbol.asyncDispose]();
    await folder?.[Symbol.asyncDispose]();
  });

  it.each([
    { statistics: ['avg', 'max'] },
    { statistics: ['avg', 'max', 'min'] },
    { statistics: ['avg', 'max', 'min', 'p95'] },
  ] satisfies {
    statistics: Statistic[];
  }[])('says what the samples say: $statistics', async ({ statistics }) => {
    using connected = await connectTo(server.url, { regionLabel: 'datacenter', match: '{cluster=""}' });
    const servers = await read(connected.fleet, days, statistics);
    expect(compare(servers, expected, statistics)).toEqual([]);
  });

  it('scans the same by the command line', async () => {
    const match = '{cluster=""}';
    using connected = await connectTo(server.url, { match });
    const servers = await read(connected.fleet, days);
    const flags = ['--url', server.url, '--match', match, '--days', '5', '--yes', '-o', 'json'];
    const { code, stdout, stderr } = await runCli(['scan', 'prometheus', ...flags], { home: folder.path });
    expect(stderr).toContain('free');
    expect(code).toBe(0);
    const printed = Listing.parse(JSON.parse(stdout)).data;
    expect(new Map(printed.map(({ reference, data }) => [reference.resource_id, data.monitoring]))).toEqual(
      new Map(servers.map(({ resource, folded }) => [resource.id, folded?.monitoring])),
    );
    expect(printed.every(({ data }) => data.compute.instance_state !== '')).toBe(true);
  });

  it('says of a steady server what the rows of the files say', async () => {
    using connected = await connectTo(server.url, { match: '{instance="10.0.0.1:9100"}' });
    const [steady, ...others] = await read(connected.fleet, days, ['avg', 'max', 'min', 'p95']);
    expect(others).toEqual([]);
    const monitoring = steady?.folded?.monitoring;
    const cpu = rowsOf('busyCpu', 0);
    expect(monitoring?.cpu?.utilization?.avg).toBeCloseTo(mean(cpu), 8);
    expect(monitoring?.cpu?.utilization?.max).toBeCloseTo(Math.max(...cpu), 8);
    expect(monitoring?.cpu?.utilization?.min).toBeCloseTo(Math.min(...cpu), 8);
    const p95 = cpu.toSorted((a, b) => a - b)[Math.ceil(0.95 * cpu.length) - 1] ?? Number.NaN;
    expect(Math.abs((monitoring?.cpu?.utilization?.p95 ?? 0) / p95 - 1)).toBeLessThan(0.005);
    const cards = [rowsOf('networkIn', 0), rowsOf('networkIn', 900)];
    const received = rowsOf('networkIn', 0).map((_, at) => cards.reduce((sum, card) => sum + (card[at] ?? 0), 0) / 300);
    expect(monitoring?.network?.received_throughput?.avg).toBeCloseTo(mean(received), 4);
    expect(monitoring?.network?.received_throughput?.max).toBeCloseTo(Math.max(...received), 3);
    expect(steady?.folded?.info.metrics['cpu.utilization']).toMatchObject({
      coverage: 1,
      period: 300,
      resolution: 300,
    });
  });

  it('tells servers of one name apart by the labels that it is given, and refuses to add them up', async () => {
    const match = '{cluster=~".+"}';
    using blind = await connectTo(server.url, { match });
    await expect(read(blind.fleet, days)).rejects.toMatchObject({ code: 'invalid_input' });
    using seeing = await connectTo(server.url, { match, keyLabels: ['cluster'] });
    const servers = await read(seeing.fleet, days);
    expect(compare(servers, twins, ['avg', 'max'])).toEqual([]);
  });

  it('asks no more often than was planned, however many servers there are', async () => {
    using connected = await connectTo(server.url, { match: 'instance=~"10.0.0.[134]:9100"' });
    const servers = await read(connected.fleet, days);
    expect(servers).toHaveLength(3);
    const calls = connected.ledger.lines().find(({ api }) => api === 'prometheus:query_range');
    expect(calls).toMatchObject({ calls: 26, retried: 0, failed: 0, usd: 0, metrics: 3 * 11 });
  });
});

/** Rows of the file behind a server whose scrapes and rows fall on the slots: no model of anything in between. */
function rowsOf(name: RealName, skip: number): number[] {
  const rows = realSeries(name, 1, now).map(({ value }) => value);
  const first = skip + (2 * 3600) / 300;
  const count = (5 * 86_400) / 300;
  return Array.from({ length: count }, (_, n) => rows[(first + n) % rows.length] ?? Number.NaN);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function compare(
  servers: readonly CollectedServer[],
  expected: readonly ExpectedServer[],
  statistics: readonly Statistic[],
): string[] {
  expect(servers.map(({ resource }) => resource.id).sort()).toEqual(expected.map(({ id }) => id).sort());
  expect(servers.flatMap(({ failures }) => failures)).toEqual([]);
  return servers.flatMap((read) => {
    const known = expected.find(({ id }) => id === read.resource.id);
    return known === undefined ? [`${read.resource.id} is not known`] : differences(read, known, window, statistics);
  });
}
