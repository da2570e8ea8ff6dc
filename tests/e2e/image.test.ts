import { type ChildProcess, execFile, execFileSync, type SpawnOptions, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, copyFileSync, cpSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { Client } from '#wire/client.ts';
import { HealthCheckResponse_ServingStatus, HealthDefinition } from '#wire/gen/grpc/grpc/health/v1/health.ts';
import { CollectorDefinition } from '#wire/gen/v2/spaceone/api/inventory/plugin/collector.ts';
import { JobDefinition } from '#wire/gen/v2/spaceone/api/inventory/plugin/job.ts';
import { DataSourceDefinition } from '#wire/gen/v2/spaceone/api/monitoring/plugin/data_source.ts';
import { MetricDefinition } from '#wire/gen/v2/spaceone/api/monitoring/plugin/metric.ts';
import { readDockerfile, readDockerignore } from './dockerfile.ts';
import { root } from './run-cli.ts';
import { type TemporaryFolder, temporaryFolder } from './temporary-folder.ts';

const [build, image] = readDockerfile(readFileSync(path.join(root, 'Dockerfile'), 'utf8'));
/** The one that Cloudforet expects; here it may be taken. */
const imagePort = 50_051;
const execute = promisify(execFile);
/** Nobody, where we may choose. */
const user = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};

interface Container extends Disposable {
  readonly child: ChildProcess;
  readonly port: number;
  readonly ended: Promise<unknown[]>;
  readonly client: Client;
}

/** All of the image that there is without Docker: its files, what it runs to build itself, and how it is started. */
describe('the image', () => {
  let folder: TemporaryFolder;
  let app: string;
  let bin: string;
  let container: Container;

  beforeAll(async () => {
    folder = await temporaryFolder('image');
    app = path.join(folder.path, 'app');
    copyContext(app);
    bin = path.join(folder.path, 'bin');
    mkdirSync(bin);
    copyFileSync(process.execPath, path.join(bin, 'node'));
    // Packages come as on this machine: its caches, its certificates.
    const environment = { ...process.env, PATH: `${bin}:${process.env.PATH}` };
    for (const command of build?.run ?? []) await execute('sh', ['-c', command], { cwd: app, env: environment });
    execFileSync('chmod', ['-R', 'a-w,a+rX', app, bin]);
    chmodSync(folder.path, 0o755);
    container = await start();
  }, 900_000);

  afterAll(async () => {
    container?.[Symbol.dispose]();
    execFileSync('chmod', ['-R', 'u+w', app]);
    await folder?.[Symbol.asyncDispose]();
  });

  /** What a container of the image would run. */
  function command(...flags: string[]): [command: string, args: string[], options: SpawnOptions] {
    const [first = '', ...args] = [...(image?.entrypoint ?? []), ...(image?.cmd ?? []), ...flags];
    return [first, args, { cwd: app, env: { PATH: bin, ...image?.env }, stdio: 'pipe', ...user }];
  }

  async function start(): Promise<Container> {
    const child = spawn(...command('--port', '0'));
    const ended = once(child, 'exit');
    const port = await portOf(child).catch((caught: unknown) => {
      child.kill('SIGKILL');
      throw caught;
    });
    const client = new Client({ address: `127.0.0.1:${port}`, tls: false });
    const end = () => {
      client.close();
      child.kill('SIGKILL');
    };
    return { child, port, ended, client, [Symbol.dispose]: end };
  }

  it('is not run as root, and says which port it serves', () => {
    expect(image?.user).toMatch(/^(?!root|0)/);
    expect(image?.expose).toEqual([imagePort]);
    const told = spawnSync(...command('--help')).stdout.toString();
    expect(told).toMatch(new RegExp(`--port <n> .*\\(default: ${imagePort}\\)`));
    expect(image?.workdir).toBe(build?.workdir);
  });

  it('holds what it needs to run and no more, and nothing that it could write to', () => {
    expect(spawnSync('touch', [path.join(app, 'written')], user).status).not.toBe(0);
    expect(existsSync(path.join(app, 'console/dist/index.html'))).toBe(true);
    for (const name of ['tests', 'docs', 'bench', 'deploy', '.git', 'node_modules/vitest', 'node_modules/typescript']) {
      expect(existsSync(path.join(app, name)), name).toBe(false);
    }
  });

  it('is alive to a TCP connect', async () => {
    const socket = connect(container.port, '127.0.0.1');
    await once(socket, 'connect');
    socket.destroy();
  });

  it('is healthy, and has all services in its reflection', async () => {
    const { SERVING } = HealthCheckResponse_ServingStatus;
    const { client } = container;
    expect(await client.call(HealthDefinition, 'check', {})).toEqual({ status: SERVING });
    for (const { fullName } of [CollectorDefinition, JobDefinition, DataSourceDefinition, MetricDefinition]) {
      expect(await client.supports(fullName), fullName).toBe(true);
    }
  });

  it('is the collector and the data source of every provider that it names', async () => {
    const { client } = container;
    const { metadata } = await client.call(CollectorDefinition, 'init', { options: {} });
    const { supported_providers } = z.object({ supported_providers: z.array(z.string()).min(1) }).parse(metadata);
    const refused = await client.call(DataSourceDefinition, 'init', { options: { provider: 'none' } }).catch(String);
    const [, named = ''] = /Allowed: ([^.]*)\./.exec(String(refused)) ?? [];
    const providers = named.split(', ');
    expect(supported_providers).toEqual(expect.arrayContaining(providers));
    for (const provider of providers) {
      const initiated = await client.call(DataSourceDefinition, 'init', { options: { provider } });
      expect(initiated).toMatchObject({ metadata: { supported_providers: [provider] } });
    }
  });

  it('ends well when it is told to, those who watch it first', async () => {
    const { NOT_SERVING } = HealthCheckResponse_ServingStatus;
    using own = await start();
    const statuses: number[] = [];
    for await (const { status } of own.client.stream(HealthDefinition, 'watch', {})) {
      statuses.push(status);
      if (statuses.length === 1) own.child.kill('SIGTERM');
    }
    expect(statuses.at(-1)).toBe(NOT_SERVING);
    expect(await own.ended).toEqual([0, null]);
  });
});

/** What `COPY . .` takes of a fresh clone: what is in git, or would be, and not left out. */
function copyContext(target: string): void {
  const isLeftOut = readDockerignore(readFileSync(path.join(root, '.dockerignore'), 'utf8'));
  const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], { cwd: root });
  for (const name of listed.toString().split('\0')) {
    const source = path.join(root, name);
    if (name !== '' && !isLeftOut(name) && existsSync(source)) cpSync(source, path.join(target, name));
  }
}

/** Waits until a process says where it listens. @throws Error with all that it said, where it ends before */
function portOf(child: ChildProcess): Promise<number> {
  let heard = '';
  return new Promise((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        heard += text;
        const [, port] = / at grpc:\/\/0\.0\.0\.0:(\d+) /.exec(heard) ?? [];
        if (port !== undefined) resolve(Number(port));
      });
    }
    child.once('exit', () => reject(new Error(`ended before it listened:\n${heard}`)));
    child.once('error', reject);
  });
}
