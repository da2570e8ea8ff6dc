import { open, readdir, rm } from 'node:fs/promises';
import { cpus, hostname, totalmem } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { type DayCell, joinStretches } from '#model/day-cell.ts';
import type { Resource } from '#model/resource.ts';
import { serverType } from '#model/resource-type.ts';
import { dayAt } from '#model/window.ts';
import { lacks } from '../../e2e/parts.ts';
import { type TemporaryFolder, temporaryFolder } from '../../e2e/temporary-folder.ts';
import { nodeExporterPart, prometheusPart } from './parts.ts';
import { type Running, startNodeExporter, startPrometheus } from './processes.ts';
import { connectTo } from './reading.ts';

const never = new AbortController().signal;

let folder: TemporaryFolder;
let exporter: Running;
let server: Running;
let resources: Resource[];
let cells: ReadonlyMap<string, DayCell>;
/** By real devices, by key, when that was read; they have gone on since. */
let movedBefore: ReadonlyMap<string, number>;

interface Traffic {
  readonly key: string;
  readonly metric: string;
  readonly devices: string;
  readonly isReal: (device: string) => boolean;
}

const [disks, cards] = [
  { devices: '/sys/block', isReal: (name: string) => !/^(loop|ram|zram|dm-|md|sr|fd)/.test(name) },
  { devices: '/sys/class/net', isReal: (name: string) => !/^(lo|ifb|veth|docker|br)/.test(name) },
];
const traffics: readonly Traffic[] = [
  { key: 'disk.write_throughput', metric: 'node_disk_written_bytes_total', ...disks },
  { key: 'disk.write_iops', metric: 'node_disk_writes_completed_total', ...disks },
  { key: 'network.sent_throughput', metric: 'node_network_transmit_bytes_total', ...cards },
  { key: 'network.received_pps', metric: 'node_network_receive_packets_total', ...cards },
];

/** This machine, by a node_exporter that nobody here wrote: names, labels and devices as they really are. */
describe.skipIf(lacks(prometheusPart) || lacks(nodeExporterPart))('a real node_exporter, scraped for a while', () => {
  beforeAll(async () => {
    folder = await temporaryFolder('prometheus-live');
    const running = await startNodeExporter(folder.path);
    exporter = running;
    server = await startPrometheus(folder.path, {
      config: `scrape_configs: [{job_name: node, scrape_interval: 1s, static_configs: [{targets: ['${running.address}']}]}]\n`,
    });
    await scraped(3);
    await writeSome(folder.path);
    await scraped(12);
    movedBefore = new Map(
      await Promise.all(traffics.map(async (each) => [each.key, (await movedBy(each)).moved] as const)),
    );
    using connected = await connectTo(server.url);
    const { fleet } = connected;
    resources = (await Array.fromAsync(fleet.resources('global', [serverType], never))).flat();
    const today = dayAt(Date.now() / 1000);
    const wants = resources.map((resource) => {
      const keys = resource.metrics.filter((key) => key !== 'memory.total');
      return { resource, keys, days: { from: today - 1, to: today + 1 }, statistics: ['avg', 'max'] as const };
    });
    const replies = await Promise.all(
      fleet.plan(wants, undefined).requests.map((request) => fleet.fetch(request, never)),
    );
    expect(replies.flatMap(({ failures }) => failures)).toEqual([]);
    const answers = replies.flatMap((reply) => [...reply.answers]);
    // Midnight may have come meanwhile.
    const joined = answers.map(({ key, cells }) => [key, joinStretches(cells.values())] as const);
    cells = new Map(joined.filter(([, cell]) => cell.seconds > 0));
  });

  afterAll(async () => {
    await server?.[Symbol.asyncDispose]();
    await exporter?.[Symbol.asyncDispose]();
    await folder?.[Symbol.asyncDispose]();
  });

  it('is found as what it is', () => {
    expect(resources).toMatchObject([
      {
        name: hostname(),
        state: 'RUNNING',
        vcpus: cpus().length,
        constants: { 'memory.total': totalmem() },
        group: 'Prometheus',
        type: 'Node',
        region: 'global',
        tags: { job: 'node' },
      },
    ]);
  });

  it('has a value for every key', () => {
    expect([...cells.keys()].sort()).toEqual(resources[0]?.metrics.filter((key) => key !== 'memory.total').toSorted());
    for (const { seconds } of cells.values()) expect([300, 600]).toContain(seconds);
  });

  it('has cpu and memory as the kernel has them', async () => {
    const [available = []] = await samplesOf('node_memory_MemAvailable_bytes[1h]');
    const used = available.map(([, bytes]) => totalmem() - bytes);
    expect(average('memory.used')).toBeGreaterThanOrEqual(Math.min(...used));
    expect(average('memory.used')).toBeLessThanOrEqual(Math.max(...used));
    expect(average('memory.usage')).toBeCloseTo((average('memory.used') / totalmem()) * 100, 6);
    expect(average('cpu.utilization')).toBeGreaterThan(0);
    expect(average('cpu.utilization')).toBeLessThanOrEqual(100);
  });

  it.each(traffics)('has the $key of real devices alone', async (traffic) => {
    const { moved, times } = await movedBy(traffic);
    // Where nobody knows yet how often it is scraped, the minute before a slot is told by that slot too.
    const isToldTwice =
      times.some((time) => time % 300 >= 240) || new Set(times.map((time) => Math.ceil(time / 300))).size > 1;
    const most = isToldTwice ? 2.2 : 1.3;
    const told = cells.get(traffic.key)?.sum ?? Number.NaN;
    expect(told).toBeGreaterThanOrEqual(0.8 * (movedBefore.get(traffic.key) ?? Number.NaN));
    expect(told).toBeLessThanOrEqual(most * moved);
  });
});

function average(key: string): number {
  const { sum, seconds } = cells.get(key) ?? { sum: Number.NaN, seconds: 1 };
  return sum / seconds;
}

/** What real devices have moved since they were first scraped, and when they were. */
async function movedBy({ metric, devices, isReal }: Traffic) {
  const real = (await readdir(devices)).filter(isReal);
  const series = await samplesOf(`${metric}{device=~"${real.join('|')}"}[1h]`);
  expect(series.length).toBeGreaterThan(0);
  const moved = series.reduce((sum, values) => sum + ((values.at(-1)?.[1] ?? 0) - (values[0]?.[1] ?? 0)), 0);
  return { moved, times: series.flatMap((values) => values.map(([time]) => time)) };
}

/** Something that reaches the disk. */
async function writeSome(path: string): Promise<void> {
  const file = join(path, 'some');
  await using handle = await open(file, 'w');
  await handle.write(Buffer.alloc(32 * 2 ** 20, 'x'));
  await handle.sync();
  await rm(file);
}

const Matrix = z.object({
  data: z.object({ result: z.array(z.object({ values: z.array(z.tuple([z.number(), z.coerce.number()])) })) }),
});

async function samplesOf(query: string) {
  const reply = await fetch(`${server.url}/api/v1/query`, { method: 'POST', body: new URLSearchParams({ query }) });
  return Matrix.parse(await reply.json()).data.result.map(({ values }) => values);
}

async function scraped(times: number): Promise<void> {
  const scrapes = async () => (await samplesOf('node_time_seconds[1h]'))[0];
  await vi.waitFor(async () => expect((await scrapes())?.length).toBeGreaterThanOrEqual(times), 180_000);
}
