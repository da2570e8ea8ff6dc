import { afterEach, describe, expect, it } from 'vitest';
import { account, startCloud } from '#providers/aws/testing-fleet.fixture.ts';
import type { AwsCloud } from '../../demo/aws/server.ts';
import type { Registration } from '../../demo/cloudforet/collecting/task.ts';
import { makeFleet } from '../../demo/cloudforet/inventory/make-fleet.ts';
import type { CloudSecret, CloudServer } from '../../demo/cloudforet/inventory/server.ts';
import { answering, steady } from './platform-numbers.fixture.ts';
import { type CollectorWorld, failureOf, registrationOf, startWorld, worldNow } from './platform-world.fixture.ts';
import { recordsOf } from './record.fixture.ts';

/** What may go wrong for a collector of metrics on Cloudforet 2.x: H1 to H8 of docs/cloudforet-hazards.md. */

const dayMs = 86_400_000;
const options = { providers: ['aws'], supported_metrics: ['cpu.utilization'] };

let world: CollectorWorld;
let cloud: AwsCloud | undefined;
afterEach(async () => {
  await world.close();
  await cloud?.stop();
  cloud = undefined;
});

const numbers = (secretId?: string) =>
  answering('aws', ({ stat }) => steady(stat, 20), secretId === undefined ? {} : { secretId });

/** By way of the platform, whose data source has a secret of its own unless it is told otherwise. */
async function viaPlatform(over: Partial<Parameters<typeof startWorld>[0]> = {}): Promise<Registration> {
  const fleet = makeFleet({ servers: 12, providers: ['aws'], accountsPerProvider: 1, stoppedRate: 0 });
  world = await startWorld({ generation: 'v2', ...fleet, dataSources: [numbers('secret-aws-0001')], ...over });
  return registrationOf(world);
}

/** Straight from a cloud whose servers the platform has, all but the first. */
async function direct(over: Partial<CloudSecret> = {}): Promise<Registration> {
  cloud = await startCloud({ clock: () => worldNow, anchorSeconds: worldNow / 1000 });
  const secret: CloudSecret = {
    secretId: 'secret-aws-cloud',
    provider: 'aws',
    schema: 'aws_access_key',
    serviceAccountId: 'sa-aws',
    data: {
      aws_access_key_id: account.accessKeyId,
      aws_secret_access_key: account.secretAccessKey,
      endpoint_url: cloud.url,
    },
    ...over,
  };
  world = await startWorld({ generation: 'v2' });
  const records = recordsOf(await world.collect({ options: directOptions, secretData: secret.data }));
  await world.close();
  const servers = records.slice(1).map(
    ({ account: id = '', region_code: region, reference }): CloudServer => ({
      provider: 'aws',
      account: id,
      region,
      resourceId: reference.resource_id,
      name: reference.resource_id,
      secretId: secret.secretId,
      projectId: 'project-of-the-cloud',
    }),
  );
  world = await startWorld({ generation: 'v2', servers, secrets: [secret] });
  return { collectorId: 'collector-fleetgauge', pluginId: 'plugin-fleetgauge', secret };
}
const directOptions = { ...options, regions: ['eu-west-1'] };

const run = (registration: Registration, asked: object = options) =>
  world.platform.collectFrom(world.url, registration, { ...asked });
const rows = () => world.platform.inventory.rows().map((row) => Object(row));

describe('H1: a server that three runs did not tell is deleted', () => {
  it('so one that could not be measured is told, and the run is a failure', async () => {
    const registration = await viaPlatform();
    expect(await run(registration)).toMatchObject({ status: 'SUCCESS', updated: 12 });
    const answer = { status: 'INTERNAL', details: 'ERROR_UNKNOWN: broken' } as const;
    world.platform.faults.set({ failures: [{ method: 'Metric.get_data', answer }] });
    for (let day = 1; day <= 4; day++) {
      world.setNow(worldNow + day * dayMs);
      expect(await run(registration)).toMatchObject({ status: 'FAILURE', deleted: 0, disconnected: 0 });
    }
    expect(rows().filter(({ state }) => state === 'ACTIVE')).toHaveLength(12);
  });

  it('and so is one of which the data source keeps silent', async () => {
    const registration = await viaPlatform();
    world.platform.faults.set({ rejectedSecrets: ['secret-aws-0001'] });
    for (let day = 0; day <= 4; day++) {
      world.setNow(worldNow + day * dayMs);
      expect(await run(registration)).toMatchObject({ status: 'FAILURE', deleted: 0 });
    }
    expect(rows().filter(({ state }) => state === 'ACTIVE')).toHaveLength(12);
  });

  it('and a provider without a data source fails rather than be passed over', async () => {
    const registration = await viaPlatform();
    expect(await run(registration)).toMatchObject({ status: 'SUCCESS' });
    world.platform.faults.set({ disabledDataSources: ['ds-aws'] });
    expect(await run(registration)).toMatchObject({ status: 'FAILURE', deleted: 0 });
  });

  it('while well servers are told each time, and stay', async () => {
    const registration = await viaPlatform();
    for (let day = 0; day <= 4; day++) {
      world.setNow(worldNow + day * dayMs);
      expect(await run(registration)).toMatchObject({ status: 'SUCCESS', updated: 12, disconnected: 0, deleted: 0 });
    }
  });
});

describe('H2: the platform looks for the secret of whoever wrote last', () => {
  it('so a second run by way of the platform says what to do, and asks for the others all the same', async () => {
    const registration = await viaPlatform({ dataSources: [numbers()] });
    expect(await run(registration)).toMatchObject({ status: 'SUCCESS', updated: 12 });
    const [first] = world.platform.inventory.rows();
    world.platform.inventory.put({ ...first, collection_info: { secret_id: 'secret-aws-0001' } });
    const report = await run(registration);
    expect(report).toMatchObject({ status: 'FAILURE', updated: 12 });
    expect(report.errors.map(({ message }) => message).join()).toContain(
      "run the cloud's own collector before this one",
    );
    const measured = rows().filter(({ data }) => data.monitoring.cpu?.utilization !== undefined);
    expect(measured.map(({ cloud_service_id }) => cloud_service_id)).toEqual([first?.cloud_service_id]);
  });

  it('which a data source with a secret of its own does not need', async () => {
    const registration = await viaPlatform();
    await run(registration);
    expect(await run(registration)).toMatchObject({ status: 'SUCCESS' });
  });

  it('nor a run straight from the cloud, which leaves a secret of that cloud', async () => {
    const registration = await direct();
    await run(registration, directOptions);
    expect(new Set(rows().map(({ collection_info }) => collection_info.secret_id))).toEqual(
      new Set(['secret-aws-cloud']),
    );
  });

  it('a record without a secret is not asked of, since any secret of the provider would be taken', async () => {
    await viaPlatform({ dataSources: [numbers()] });
    const [first] = world.platform.inventory.rows();
    world.platform.inventory.put({ ...first, collection_info: {} });
    const messages = await world.collect({ options });
    expect(recordsOf(messages)).toHaveLength(12);
    const asked = world.platform.stats()['Metric.get_data'];
    expect(asked?.items).toBe(11 * (asked?.calls ?? 0));
    expect(messages.filter(({ state }) => state === 5).map(({ message }) => message)).toEqual([
      expect.stringContaining('names no secret'),
    ]);
  });
});

describe("H3: a layout takes the place of the cloud collector's", () => {
  it('where it is sent with a secret of that cloud, so that it is not', async () => {
    const registration = await direct();
    const before = rows().map(({ metadata }) => metadata);
    await run(registration, directOptions);
    expect(rows().map(({ metadata }) => metadata)).toEqual(before);
  });

  it('unless that is wanted', async () => {
    const registration = await direct();
    await run(registration, { ...directOptions, layout: 'always' });
    expect(JSON.stringify(rows()[0]?.metadata.aws)).toContain('Performance');
  });

  it('and with a key of the platform it stands beside', async () => {
    const registration = await viaPlatform();
    await run(registration);
    for (const { metadata } of rows()) {
      expect(JSON.stringify(metadata.aws)).not.toContain('Performance');
      expect(JSON.stringify(metadata.custom)).toContain('Performance');
    }
  });
});

it("H4: a server stays in its project, where the secret has none or the cloud's own", async () => {
  const registration = await direct({ projectId: 'project-of-the-cloud' });
  await run(registration, directOptions);
  expect(new Set(rows().map(({ project_id }) => project_id))).toEqual(new Set(['project-of-the-cloud']));
  await world.close();
  await run(await viaPlatform());
  expect(new Set(rows().map(({ project_id }) => project_id))).toEqual(new Set(['project-320000000001']));
});

describe('H5: a secret matches in its own workspace only', () => {
  it.each(['*', 'workspace-other'])('so that of %s nothing is created, and the run fails', async (workspaceId) => {
    const { secret, ...registration } = await viaPlatform();
    const report = await run({ ...registration, secret: { ...secret, workspaceId } });
    expect(report).toMatchObject({ status: 'FAILURE', created: 0, updated: 0, failure: 12 });
    expect(rows()).toHaveLength(12);
  });

  it('and verify refuses a token that sees several', async () => {
    const fleet = makeFleet({ servers: 12, providers: ['aws'], workspaceIds: ['workspace-demo', 'workspace-two'] });
    await viaPlatform(fleet);
    expect(await failureOf(world.verify({ options }))).toMatchObject({
      code: 'invalid_input',
      message: expect.stringContaining('servers of several workspaces'),
    });
  });

  it('while one of a workspace sees its own', async () => {
    const fleet = makeFleet({ servers: 12, providers: ['aws'], workspaceIds: ['workspace-demo', 'workspace-two'] });
    await viaPlatform(fleet);
    const api_key = String(new Map(Object.entries(world.platform.tokens)).get('workspaceApp'));
    const secretData = { ...world.platform.secretData, api_key };
    await expect(world.verify({ options, secretData })).resolves.toEqual({});
    expect(recordsOf(await world.collect({ options, secretData }))).toHaveLength(6);
  });
});

it('H6: a server that the platform does not know is not created from what we know of it', async () => {
  const registration = await direct();
  const report = await run(registration, directOptions);
  expect(report).toMatchObject({ status: 'FAILURE', created: 0, updated: 11, failure: 1 });
  expect(rows()).toHaveLength(11);
});

describe('H7: a server stays for as long as somebody tells it', () => {
  it('so one that its cloud has no more is not told, and goes', async () => {
    const registration = await direct();
    const gone = {
      ...world.platform.inventory.rows()[0],
      cloud_service_id: 'cloud-svc-gone',
      reference: { resource_id: 'i-gone' },
    };
    world.platform.inventory.put(gone);
    world.setNow(worldNow + 2 * dayMs);
    await run(registration, directOptions);
    world.setNow(worldNow + 2.5 * dayMs);
    world.platform.deleteStale(48);
    expect(world.platform.inventory.get('cloud-svc-gone')).toMatchObject({ state: 'DELETED' });
    expect(rows().filter(({ state }) => state === 'ACTIVE')).toHaveLength(11);
  });

  it('nor is one that the platform knows to be terminated', async () => {
    await viaPlatform();
    const [first] = world.platform.inventory.rows();
    world.platform.inventory.put({ ...first, data: { compute: { instance_state: 'TERMINATED' } } });
    expect(recordsOf(await world.collect({ options }))).toHaveLength(11);
  });
});

it('H8: group and type of a server stay as its own collector has them', async () => {
  const registration = await viaPlatform({
    dataSources: [answering('azure', ({ stat }) => steady(stat, 20), { secretId: 'secret-azure-0001' })],
    ...makeFleet({ servers: 4, providers: ['azure'], accountsPerProvider: 1 }),
  });
  const old = { cloud_service_group: 'Compute', cloud_service_type: 'VirtualMachine' };
  for (const row of world.platform.inventory.rows().slice(0, 2)) world.platform.inventory.put({ ...row, ...old });
  expect(await run(registration, { ...options, providers: ['azure'] })).toMatchObject({
    status: 'SUCCESS',
    updated: 4,
  });
  expect(
    rows().map(({ cloud_service_group, cloud_service_type }) => `${cloud_service_group} ${cloud_service_type}`),
  ).toEqual([
    'Compute VirtualMachine',
    'Compute VirtualMachine',
    'VirtualMachines Instance',
    'VirtualMachines Instance',
  ]);
});
