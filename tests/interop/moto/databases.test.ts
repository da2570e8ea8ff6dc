import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lacks, motoPython } from '../../e2e/parts.ts';
import { runCli } from '../../e2e/run-cli.ts';
import { type TemporaryFolder, temporaryFolder } from '../../e2e/temporary-folder.ts';
import { untilDayHasTime } from '../../e2e/turn-of-day.ts';
import { databaseRegion, type KnownDatabase, seedDatabases } from './databases.ts';
import { type MotoServer, startMoto } from './moto-server.ts';
import { expectFleet, Listing, type PrintedRecord } from './record.ts';
import { type Recorder, startRecorder } from './recorder.ts';
import { windowOf } from './truth.ts';

const keys = { accessKeyId: 'AKIAINTEROPINTEROP01', secretAccessKey: 'interopSecretThatMotoDoesNotCheck0000001' };
// What is seeded and what is read of it are to be of the same days.
await untilDayHasTime();
/** One clock for the seed and the truth. */
const now = Date.now();

/** All that is measured of an RDS instance, but its constants. */
const databaseKeys = [
  'cpu.utilization',
  'memory.usage',
  'memory.used',
  'disk.read_iops',
  'disk.write_iops',
  'disk.read_throughput',
  'disk.write_throughput',
  'disk.queue_length',
  'network.received_throughput',
  'network.sent_throughput',
  'storage.free',
  'storage.used',
  'storage.usage',
  'connections.active',
];

let folder: TemporaryFolder;
let moto: MotoServer;
let recorder: Recorder;
let databases: readonly KnownDatabase[];

describe.skipIf(lacks(motoPython))('RDS with real series, through moto', () => {
  beforeAll(async () => {
    folder = await temporaryFolder('moto-rds');
    moto = await startMoto(folder.path);
    recorder = await startRecorder(moto.url);
    databases = await seedDatabases(moto.url, keys, now);
  });

  afterAll(async () => {
    await recorder?.stop();
    await moto?.stop();
    await folder?.[Symbol.asyncDispose]();
  });

  it('scans what the samples say, over 14 days, and no server', async () => {
    const { code, stdout, stderr } = await fleetgauge('scan', 'aws', '--yes', '-o', 'json', ...ofDatabases);
    expect(stderr).toContain('3 resources × 16 metrics');
    expect(code).toBe(0);
    expectDatabases(Listing.parse(JSON.parse(stdout)).data, ['min']);
    expect(recorder.count('DescribeDBInstances')).toBeGreaterThan(0);
    expect(recorder.count('DescribeInstances')).toBe(0);
    // No agent runs on them.
    expect(recorder.count('ListMetrics')).toBe(0);
  });

  it('collects the same, and asks for nothing that is stored', async () => {
    const data = ['--data', join(folder.path, 'data')];
    const first = await fleetgauge(...data, 'collect', 'aws', '--yes', ...ofDatabases);
    expect(first.stderr).toContain('3 created');
    expect(first.code).toBe(0);
    const { stdout } = await fleetgauge(
      ...data,
      'server',
      'list',
      '--type',
      'rds_instance',
      '-o',
      'json',
      '--limit',
      '0',
    );
    expectDatabases(Listing.parse(JSON.parse(stdout)).data, ['min']);
    recorder.clear();
    const second = await fleetgauge(...data, 'collect', 'aws', '--yes', ...ofDatabases);
    expect(second.stderr).toContain('3 unchanged');
    expect(recorder.count('GetMetricData')).toBe(0);
  });

  it('refuses a type that AWS does not have', async () => {
    const { code, stderr } = await fleetgauge('scan', 'aws', '--yes', '--types', 'rds_instance,rds_cluster');
    expect(code).toBe(2);
    expect(stderr).toContain("--types: 'rds_cluster' is not a type of Amazon Web Services");
    expect(stderr).toContain('docdb_instance');
  });
});

const ofDatabases = ['--types', 'rds_instance', '--regions', databaseRegion, '--stat', 'min'];

function expectDatabases(records: readonly PrintedRecord[], statistics: readonly string[]): void {
  expectFleet(records, databases, windowOf(14, now), { keys: databaseKeys, statistics });
  for (const { storageBytes, name } of databases) {
    const record = records.find((each) => each.name === name);
    expect(record?.data.monitoring.storage?.total?.avg, name).toBe(storageBytes);
  }
}

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
