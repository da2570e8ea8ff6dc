import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { delimiter } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunningCli } from '../e2e/run-cli.ts';
import { type TemporaryFolder, temporaryFolder } from '../e2e/temporary-folder.ts';
import { type Cluster, freePort } from '../postgres/cluster.ts';
import { type Project, readProject, type Service, secondsOf } from './compose-file.ts';
import { type Command, type Host, moved, startContainer } from './container.ts';
import { endWithin } from './ending.ts';
import { compose, lacksAny, pathOf, postgres, python } from './parts.ts';
import { startPasswordCluster } from './password-cluster.ts';

const containerPort = 4680;
const workerPort = 4681;
/** Nothing that has a meaning in an address may break it. */
const secrets = {
  POSTGRES_PASSWORD: 'p@ss/w:rd?#%41',
  FLEETGAUGE_MASTER_KEY: randomBytes(32).toString('base64'),
};

describe.skipIf(lacksAny(compose, python))('the Compose file', () => {
  let project: Project;

  beforeAll(async () => {
    project = await readProject(secrets);
  });

  it.each(Object.keys(secrets))('is refused without %s', async (name) => {
    await expect(readProject({ ...secrets, [name]: '' })).rejects.toThrow(/such as openssl rand/);
  });

  it('pins what it runs, keeps the database, and shows itself to this machine alone', () => {
    const { services, volumes } = project;
    expect(services.postgres.image).toMatch(/^postgres:\d+\.\d+-/);
    expect(Object.keys(volumes)).toEqual(['postgres']);
    expect(services.postgres.ports).toEqual([]);
    for (const port of Object.values(services).flatMap(({ ports }) => ports)) expect(port).toMatch(/^127\.0\.0\.1:/);
    for (const { depends_on } of [services.server, services.worker]) {
      expect(depends_on).toEqual({ postgres: { condition: 'service_healthy' } });
    }
  });

  it('lets our containers do what they have to and no more', () => {
    const { server, worker, plugin } = project.services;
    for (const { read_only, cap_drop, security_opt } of [server, worker, plugin]) {
      const expected = { read_only: true, cap_drop: ['ALL'], security_opt: ['no-new-privileges:true'] };
      expect({ read_only, cap_drop, security_opt }).toEqual(expected);
    }
    expect(plugin.environment).toEqual({});
  });
});

describe.skipIf(lacksAny(compose, python, postgres))('a cluster by the Compose file', () => {
  let folder: TemporaryFolder;
  let cluster: Cluster;
  let project: Project;
  let host: Host;

  beforeAll(async () => {
    [folder, project] = await Promise.all([temporaryFolder('compose'), readProject(secrets)]);
    const { environment } = project.services.postgres;
    cluster = await startPasswordCluster(environment.POSTGRES_USER ?? '', environment.POSTGRES_PASSWORD ?? '');
    const ports = [containerPort, workerPort].map(async (port) => [port, await freePort()] as const);
    host = { folder: folder.path, ports: new Map(await Promise.all(ports)) };
  });
  afterAll(async () => {
    await cluster?.stop();
    await folder?.[Symbol.asyncDispose]();
  });

  /** What a service runs, where its network leads to the database of this machine. */
  function commandOf({ command, environment }: Service): Command {
    const url = environment.FLEETGAUGE_DATABASE?.replace('@postgres:5432/', `@127.0.0.1:${cluster.port}/`) ?? '';
    return { args: command, env: { ...environment, FLEETGAUGE_DATABASE: url } };
  }

  async function start(service: Service, ready: RegExp): Promise<RunningCli> {
    const process = await startContainer(commandOf(service), host);
    await process.saw(ready);
    return process;
  }

  /** The exit code of a service's healthcheck. */
  function health({ healthcheck }: Service): number | null {
    const [kind, program = '', ...args] = healthcheck?.test ?? [];
    expect(kind).toBe('CMD');
    const PATH = [pathOf(postgres), process.env.PATH].join(delimiter);
    const env = { PATH, PGPORT: String(cluster.port) };
    return spawnSync(
      program,
      args.map((text) => moved(text, host)),
      { env, stdio: 'ignore' },
    ).status;
  }

  it('waits for a first user, and then serves, works and ends in time', async () => {
    const { postgres: database, server, worker } = project.services;
    expect(health(database)).toBe(0);
    const early = await (await startContainer(commandOf(server), host)).ended;
    expect(early).toMatchObject({ code: 1, stderr: expect.stringContaining('fleetgauge user add') });
    expect(health(server)).toBe(1);

    const adds = {
      ...commandOf(server),
      args: ['user', 'add', 'ann@corp.example', '--role', 'admin', '--password-stdin'],
    };
    const added = await startContainer({ ...adds, stdin: 'correct horse battery\n' }, host);
    expect(await added.ended).toMatchObject({ code: 0, stderr: expect.stringContaining('Added ann@corp.example') });

    const running = await Promise.all([start(server, /Console +http/), start(worker, /is ready/)]);
    await expect.poll(() => health(server)).toBe(0);
    await expect.poll(() => health(worker)).toBe(0);
    const graces = [server, worker].map(({ stop_grace_period }) => secondsOf(stop_grace_period));
    expect(graces.every((seconds) => seconds >= 30)).toBe(true);
    const [serverGrace = 0, workerGrace = 0] = graces;
    const [servers, workers] = running;
    expect(await Promise.all([endWithin(servers, serverGrace), endWithin(workers, workerGrace)])).toEqual([0, 0]);
  });

  it('lets nobody in who has another password', async () => {
    const { args, env } = commandOf(project.services.worker);
    const { code, stderr } = await (await startContainer({ args, env: { ...env, PGPASSWORD: 'another' } }, host)).ended;
    expect({ code, stderr }).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/password authentication failed/),
    });
  });
});
