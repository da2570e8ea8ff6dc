import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Job, job, jobs, letTimePass, type Server, servers } from './data-folder.ts';
import { asked, type DemoCloud, type Operation, startDemoCloud } from './demo-cloud.ts';
import { openWay, type WayToCloud } from './held-calls.ts';
import { seededRandom } from './random.ts';
import { type RunningCli, startCli } from './run-cli.ts';
import { type TemporaryFolder, temporaryFolder } from './temporary-folder.ts';
import { mostWaitedMs, untilDayHasTime } from './turn-of-day.ts';

const regions = ['us-west-2', 'eu-west-1', 'ap-northeast-2'];
/** When to kill: somewhere in each third of a run, and in the moment in which a region is reported. */
const moments = ['in the first third', 'in the second third', 'in the last third', 'at the first report'] as const;
/** How long a job may be silent before it counts as interrupted. */
const silenceMs = 30_000;

let folder: TemporaryFolder;
let cloud: DemoCloud;
let way: WayToCloud;
let untouched: { took: number; servers: Map<string, Server>; queries: ReadonlyMap<string, { queries: number }> };
const random = seededRandom();
/** A test that is tried again begins with an empty folder. */
let tries = 0;

beforeAll(async () => {
  // What is compared with the untouched run is of the same days.
  await untilDayHasTime();
  folder = await temporaryFolder('kill');
  cloud = await startDemoCloud(folder.path, 60);
  way = await openWay(cloud.url);
  const run = collect('untouched');
  await run.saw(/→ .* calls/);
  const begun = Date.now();
  const { code, stderr } = await run.ended;
  expect(code, stderr).toBe(0);
  const took = Date.now() - begun;
  const queries = asked('GetMetricData', [], await cloud.stats());
  untouched = { took, servers: byId(await servers(join(folder.path, 'untouched'))), queries };
  expect(untouched.servers.size).toBe(540);
  process.stderr.write(`a run that nobody disturbs takes ${took} ms from its plan on\n`);
}, mostWaitedMs + 180_000);

afterAll(async () => {
  await way?.[Symbol.asyncDispose]();
  await cloud?.stop();
  await folder?.[Symbol.asyncDispose]();
});

describe('kill -9 during a run', () => {
  it.each(moments)('loses nothing that was reported, and asks for none of it again: %s', async (moment) => {
    const name = `killed ${moment} ${tries++}`;
    const data = join(folder.path, name);
    const before = await cloud.stats();
    const run = collect(name);
    await run.saw(/→ .* calls/);
    const begun = Date.now();
    if (moment === 'at the first report') await run.saw(/✓ \S+ \S+ +\d+ servers/);
    else await wait((0.9 * untouched.took * (moments.indexOf(moment) + random.next())) / 3);
    const after = Date.now() - begun;
    run.child.kill('SIGKILL');
    const { stderr, signal } = await run.ended;
    const reported = reportedRegions(stderr);
    process.stderr.write(`killed after ${after} ms (${signal ?? 'it had ended'}), reported: ${reported.join(' ')}\n`);

    const [killed] = await jobs(data);
    if (signal !== null && killed !== undefined && killed.state !== 'SUCCESS') await expectInterrupted(data, killed);
    const kept = await servers(data);
    for (const region of reported) {
      const own = kept.filter(({ region_code }) => region_code === region);
      expect(own.length, region).toBe(serversOf(region));
      for (const server of own) expect(server.data.monitoring).toEqual(measuredBefore(server));
    }

    const between = await cloud.stats();
    if (killed?.state !== 'SUCCESS') {
      const resumed = await collect(name, ...(killed === undefined ? [] : ['--resume'])).ended;
      expect(resumed.code, resumed.stderr).toBe(0);
    }
    await expectAllThere(data);
    expectAskedOnce(reported, before, between, await cloud.stats());
  });
});

describe('Ctrl-C during a run', () => {
  it('finishes what is in flight, says how to go on, and goes on from there', async () => {
    const name = `stopped ${tries++}`;
    const data = join(folder.path, name);
    const before = await cloud.stats();
    // So that it cannot be over before.
    way.hold('ap-northeast-2');
    const run = collect(name);
    await run.saw(/→ .* calls/);
    await metricCalls(run, before, 6);
    run.child.kill('SIGINT');
    await run.saw(/Finishing what is in flight/);
    way.letGo();
    const stopped = await run.ended;
    expect(stopped.code, stopped.stderr).toBe(130);
    expect(stopped.stderr).toContain('fleetgauge collect --resume');
    const [canceled] = await jobs(data);
    expect(canceled?.state).toBe('CANCELED');

    const resumed = await collect(name, '--resume').ended;
    expect(resumed.code, resumed.stderr).toBe(0);
    await expectAllThere(data);
    // Answers that waited for a closer look are asked for again, all else once.
    const queries = total(asked('GetMetricData', before, await cloud.stats()));
    const once = total(untouched.queries);
    process.stderr.write(`undisturbed ${once} queries, stopped and resumed ${queries}\n`);
    expect(queries).toBeGreaterThanOrEqual(once * 0.9);
    expect(queries).toBeLessThanOrEqual(once * 1.15);
  });
});

function collect(name: string, ...flags: string[]): RunningCli {
  const scope = flags.includes('--resume') ? [] : ['aws', '--regions', regions.join()];
  return startCli(['--data', join(folder.path, name), 'collect', ...scope, '--yes', ...flags], {
    home: folder.path,
    env: { ...cloud.accounts[0], AWS_ENDPOINT_URL: way.url },
  });
}

/** A dead process's job reads RUNNING for as long as it may be silent, and INTERRUPTED from then on. */
async function expectInterrupted(data: string, { id, state, ownerPid, heartbeatAt }: Job): Promise<void> {
  if (Date.now() - heartbeatAt < silenceMs) expect(state).toBe('RUNNING');
  expect(isAlive(ownerPid)).toBe(false);
  letTimePass(data, id, silenceMs + 1_000);
  expect((await jobs(data)).map(({ state }) => state)).toEqual(['INTERRUPTED']);
  const { tasks } = await job(data, id);
  expect(tasks.filter(({ state }) => state === 'RUNNING')).toEqual([]);
}

async function expectAllThere(data: string): Promise<void> {
  expect((await jobs(data))[0]?.state).toBe('SUCCESS');
  const found = await servers(data);
  expect(found.length).toBe(untouched.servers.size);
  for (const server of found) expect(server.data.monitoring).toEqual(measuredBefore(server));
}

/**
 * What was reported is never asked for again; of the rest, at most all of it, since a kill takes what is in flight, and a little
 * that was refused for its pace.
 */
function expectAskedOnce(
  reported: readonly string[],
  before: readonly Operation[],
  between: readonly Operation[],
  after: readonly Operation[],
): void {
  const resumed = asked('GetMetricData', between, after);
  const all = asked('GetMetricData', before, after);
  for (const region of regions) {
    const once = untouched.queries.get(region)?.queries ?? 0;
    if (reported.includes(region)) expect(resumed.get(region)?.queries ?? 0, region).toBe(0);
    expect(all.get(region)?.queries ?? 0, region).toBeLessThanOrEqual(2.2 * once);
  }
}

/** Until the run has made so many, or is over. */
async function metricCalls({ child }: RunningCli, before: readonly Operation[], wanted: number): Promise<void> {
  while (child.exitCode === null) {
    const calls = asked('GetMetricData', before, await cloud.stats());
    if ([...calls.values()].reduce((sum, each) => sum + each.calls, 0) >= wanted) return;
    await wait(10);
  }
}

/** Regions of which the run said that they are done. */
function reportedRegions(stderr: string): string[] {
  return regions.filter((region) => new RegExp(`✓ \\S+ ${region} +\\d+ servers`).test(stderr));
}

function serversOf(region: string): number {
  return [...untouched.servers.values()].filter(({ region_code }) => region_code === region).length;
}

function measuredBefore({ reference }: Server): unknown {
  return untouched.servers.get(reference.resource_id)?.data.monitoring;
}

function byId(list: readonly Server[]): Map<string, Server> {
  return new Map(list.map((server) => [server.reference.resource_id, server]));
}

function total(counts: ReadonlyMap<string, { queries: number }>): number {
  return [...counts.values()].reduce((sum, { queries }) => sum + queries, 0);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
