import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lacks, motoPython } from '../../e2e/parts.ts';
import { runCli } from '../../e2e/run-cli.ts';
import { type TemporaryFolder, temporaryFolder } from '../../e2e/temporary-folder.ts';
import { untilDayHasTime } from '../../e2e/turn-of-day.ts';
import { type KnownServer, seedFleet } from './fleet.ts';
import { type MotoServer, startMoto } from './moto-server.ts';
import { expectFleet, Listing, PrintedRecord } from './record.ts';
import { type Recorder, startRecorder } from './recorder.ts';
import { windowOf } from './truth.ts';

const keys = { accessKeyId: 'AKIAINTEROPINTEROP01', secretAccessKey: 'interopSecretThatMotoDoesNotCheck0000001' };
const regions = ['eu-west-1', 'eu-west-2', 'eu-west-3', 'us-east-1'];
const agentRegions = ['eu-west-1', 'eu-west-3'];
// What is seeded and what is read of it are to be of the same days.
await untilDayHasTime();
/** One clock for the seed and the truth. */
const now = Date.now();

let folder: TemporaryFolder;
let moto: MotoServer;
let recorder: Recorder;
let servers: readonly KnownServer[];

describe.skipIf(lacks(motoPython))('real CloudWatch series, through moto', () => {
  beforeAll(async () => {
    folder = await temporaryFolder('moto');
    moto = await startMoto(folder.path);
    recorder = await startRecorder(moto.url);
    servers = await seedFleet(moto.url, keys, now);
  });

  afterAll(async () => {
    await recorder?.stop();
    await moto?.stop();
    await folder?.[Symbol.asyncDispose]();
  });

  it('scans what the samples say, over 14 days', async () => {
    const { code, stdout, stderr } = await fleetgauge(
      'scan',
      'aws',
      '--yes',
      '-o',
      'json',
      '--regions',
      regions.join(),
    );
    expect(stderr).toContain('✓');
    expect(code).toBe(0);
    expectFleet(Listing.parse(JSON.parse(stdout)).data, serversIn(regions), windowOf(14, now), { statistics: [] });
  });

  it('collects the same', async () => {
    const { code, stderr } = await collectFourteen();
    expect(stderr).toContain('7 created');
    expect(code).toBe(0);
    expect(recorder.count('GetMetricData')).toBeGreaterThan(0);
    expectFleet(await stored('fourteen'), serversIn(regions), windowOf(14, now), { statistics: [] });
  });

  it('asks for nothing that is stored, and changes nothing', async () => {
    const before = await stored('fourteen');
    recorder.clear();
    const { code, stderr } = await collectFourteen();
    expect(stderr).toContain('7 unchanged');
    expect(code).toBe(0);
    expect(recorder.count('GetMetricData')).toBe(0);
    expect((await stored('fourteen')).map(({ data }) => data.monitoring)).toEqual(
      before.map(({ data }) => data.monitoring),
    );
  });

  it('shows one server as it lists it', async () => {
    const [listed] = await stored('fourteen');
    const shown = await fleetgauge(
      '--data',
      join(folder.path, 'fourteen'),
      'server',
      'show',
      listed?.reference.resource_id ?? '',
      '--json',
    );
    expect(PrintedRecord.parse(JSON.parse(shown.stdout).data)).toEqual(listed);
  });

  it('adds the 95th percentile of five-minute points, and the minimum', async () => {
    const wanted = {
      keys: ['cpu.utilization', 'memory.usage', 'memory.used', 'disk.write_throughput', 'network.received_throughput'],
      statistics: ['avg', 'max', 'p95', 'min'],
    };
    const flags = [
      '--days',
      '3',
      '--stat',
      wanted.statistics.join(),
      '--metrics',
      ['memory.total', ...wanted.keys].join(),
    ];
    const { code } = await fleetgauge(
      ...['--data', join(folder.path, 'three'), 'collect', 'aws', '--yes', '--regions', agentRegions.join(), ...flags],
    );
    expect(code).toBe(0);
    expectFleet(await stored('three'), serversIn(agentRegions), windowOf(3, now), wanted);
  });

  it('adds the volumes of a Xen instance', async () => {
    const { code, stdout } = await fleetgauge(
      ...['scan', 'aws', '--yes', '-o', 'json', '--regions', 'eu-central-1', '--days', '3'],
    );
    expect(code).toBe(0);
    expectFleet(Listing.parse(JSON.parse(stdout)).data, serversIn(['eu-central-1']), windowOf(3, now), {
      statistics: [],
    });
  });
});

function fleetgauge(...args: string[]) {
  return runCli(args, {
    home: folder.path,
    env: {
      AWS_ENDPOINT_URL: recorder.url,
      AWS_ACCESS_KEY_ID: keys.accessKeyId,
      AWS_SECRET_ACCESS_KEY: keys.secretAccessKey,
    },
  });
}

function collectFourteen() {
  const flags = ['--data', join(folder.path, 'fourteen'), 'collect', 'aws', '--yes', '--regions', regions.join()];
  return fleetgauge(...flags);
}

async function stored(data: string): Promise<PrintedRecord[]> {
  const { stdout } = await fleetgauge(
    '--data',
    join(folder.path, data),
    'server',
    'list',
    '-o',
    'json',
    '--limit',
    '0',
  );
  return Listing.parse(JSON.parse(stdout)).data;
}

function serversIn(places: readonly string[]): KnownServer[] {
  return servers.filter(({ region }) => places.includes(region));
}
