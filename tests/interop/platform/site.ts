import type { Generation } from '#wire/generation.ts';
import { demoAccounts } from '../../../src/demo/aws/accounts.ts';
import { startDemoCloud } from '../../e2e/demo-cloud.ts';
import { type RunningCli, runCli, startCli } from '../../e2e/run-cli.ts';
import { temporaryFolder } from '../../e2e/temporary-folder.ts';

/** The smaller account of the simulated AWS, and a region of it. */
export const [, account] = demoAccounts;
export const region = 'ap-southeast-1';
export const servers = account.regions[region] ?? 0;

/** A simulated AWS, our platform that has read a region of it, and our plugin: each a process of its own. */
export interface Site extends AsyncDisposable {
  /** `host:port` of the plugin. */
  readonly plugin: Readonly<Record<Generation, string>>;
  /** `host:port` of the platform. */
  readonly platform: Readonly<Record<Generation, string>>;
  /** Of the console, on the port of the second generation. */
  readonly url: string;
  /** API keys of a service account that may read. */
  readonly token: Readonly<Record<Generation, string>>;
  readonly cloudSecret: Readonly<Record<string, string>>;
}

export async function startSite(): Promise<Site> {
  await using started = new AsyncDisposableStack();
  const { path: home } = started.use(await temporaryFolder('platform'));
  const cloud = started.adopt(await startDemoCloud(home), ({ stop }) => stop());
  const env = {
    AWS_ENDPOINT_URL: cloud.url,
    AWS_SECRET_ACCESS_KEY: account.secretAccessKey,
    FLEETGAUGE_DATA: `${home}/data`,
    FLEETGAUGE_PASSWORD: 'correct horse battery',
  };
  const run = async (...args: string[]): Promise<string> => {
    const { code, stdout, stderr } = await runCli(args, { home, env });
    if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}: ${stderr}`);
    return stdout.trim();
  };
  await run('account', 'add', 'aws', '--access-key-id', account.accessKeyId);
  await run('collect', '--regions', region, '--yes');
  await run('user', 'add', 'ann@corp.example', '--role', 'admin');
  await run('user', 'add', 'plugin', '--service', '--role', 'viewer');
  const key = (generation: Generation) =>
    run('user', 'api-key', 'create', 'plugin', '--name', generation, '--generation', generation);
  const token = { v1: await key('v1'), v2: await key('v2') };

  const serve = ['serve', '--port', '0', '--legacy-port', '0'];
  const server = started.adopt(startCli(serve, { home, env }), stopped);
  const [, legacy = ''] = await server.saw(/Cloudforet 1\.x +grpc:\/\/(\S+)/);
  const [, url = ''] = await server.saw(/Console +(\S+)/);
  const plugins = {
    v1: started.adopt(startPlugin('v1', home), stopped),
    v2: started.adopt(startPlugin('v2', home), stopped),
  };
  const plugin = { v1: await addressOf(plugins.v1), v2: await addressOf(plugins.v2) };
  const all = started.move();
  return {
    plugin,
    platform: { v1: legacy, v2: new URL(url).host },
    url,
    token,
    cloudSecret: {
      aws_access_key_id: account.accessKeyId,
      aws_secret_access_key: account.secretAccessKey,
      endpoint_url: cloud.url,
    },
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  };
}

function startPlugin(generation: Generation, home: string): RunningCli {
  return startCli(['plugin', '--generation', generation, '--host', '127.0.0.1', '--port', '0'], { home });
}

async function stopped(running: RunningCli): Promise<void> {
  await running.stop();
}

async function addressOf(plugin: RunningCli): Promise<string> {
  const [, address = ''] = await plugin.saw(/ at grpc:\/\/(\S+)/);
  return address;
}
