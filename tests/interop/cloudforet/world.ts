import { z } from 'zod';
import type { Generation } from '#wire/generation.ts';
import { demoAccounts } from '../../../src/demo/aws/accounts.ts';
import type { PlatformOptions } from '../../../src/demo/cloudforet/platform.ts';
import { startPlatformV1 } from '../../../src/demo/cloudforet/platform-v1.ts';
import { startPlatformV2 } from '../../../src/demo/cloudforet/platform-v2.ts';
import { awsInventory } from '../../../src/plugins/equivalence/aws-inventory.fixture.ts';
import { startDemoCloud } from '../../e2e/demo-cloud.ts';
import { type RunningCli, startCli } from '../../e2e/run-cli.ts';
import { temporaryFolder } from '../../e2e/temporary-folder.ts';

/** The smaller account of the simulated AWS, and a region of it that is read; in another CloudWatch is closed to it. */
export const [, account] = demoAccounts;
export const region = 'ap-southeast-1';
export const closedRegion = 'eu-central-1';

const secretId = 'secret-1';

const Truths = z.record(z.string(), z.object({ avg: z.number(), max: z.number() }));

/** A simulated AWS and our plugin, each in a process of its own, and simulated platforms whose data source the plugin is. */
export interface World extends AsyncDisposable {
  readonly url: string;
  /** `host:port` of the plugin. */
  readonly address: Readonly<Record<Generation, string>>;
  readonly cloudSecret: Readonly<Record<string, string>>;
  /** A secret of the platform, to read by way of it. */
  readonly platformSecret: Readonly<Record<Generation, object>>;
  /** What a server really did, by key; keys without data are absent. */
  truth(instance: string, window: Window): Promise<z.infer<typeof Truths>>;
}

/** Epoch seconds. */
export interface Window {
  readonly start: number;
  readonly end: number;
}

export async function startWorld(): Promise<World> {
  await using started = new AsyncDisposableStack();
  const { path: home } = started.use(await temporaryFolder('cloudforet'));
  const cloud = started.adopt(await startDemoCloud(home), ({ stop }) => stop());
  const plugins = {
    v1: started.adopt(startPlugin('v1', home), stopped),
    v2: started.adopt(startPlugin('v2', home), stopped),
  };
  const address = { v1: await addressOf(plugins.v1), v2: await addressOf(plugins.v2) };
  const cloudSecret = {
    aws_access_key_id: account.accessKeyId,
    aws_secret_access_key: account.secretAccessKey,
    endpoint_url: cloud.url,
  };
  const servers = await awsInventory(cloud.url, account, [region], secretId);
  const options = (generation: Generation): PlatformOptions => ({
    servers,
    secrets: [{ secretId, provider: 'aws', schema: 'aws_access_key', data: cloudSecret }],
    dataSources: [
      { provider: 'aws', options: { provider: 'aws' }, source: { plugin: `grpc://${address[generation]}` } },
    ],
  });
  const v1 = started.adopt(await startPlatformV1(options('v1')), (platform) => platform.close());
  const v2 = started.adopt(await startPlatformV2(options('v2')), (platform) => platform.close());
  const all = started.move();
  return {
    url: cloud.url,
    address,
    cloudSecret,
    platformSecret: { v1: v1.secretData, v2: v2.secretData },
    async truth(instance, { start, end }) {
      const query = new URLSearchParams({ account: account.id, region, instance, start: `${start}`, end: `${end}` });
      return Truths.parse(await (await fetch(`${cloud.url}/_sim/truth?${query}`)).json());
    },
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  };
}

function startPlugin(generation: Generation, home: string): RunningCli {
  return startCli(['plugin', '--generation', generation, '--host', '127.0.0.1', '--port', '0'], { home });
}

async function stopped(plugin: RunningCli): Promise<void> {
  await plugin.stop();
}

async function addressOf(plugin: RunningCli): Promise<string> {
  const [, address = ''] = await plugin.saw(/ at grpc:\/\/(\S+)/);
  return address;
}
