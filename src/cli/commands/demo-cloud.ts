import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Argument, type Command, InvalidArgumentError } from 'commander';
import { CollectError } from '#model/errors.ts';
import { demoAccounts } from '../../demo/aws/accounts.ts';
import { startAwsCloud } from '../../demo/aws/server.ts';
import { startAzureCloud } from '../../demo/azure/server.ts';
import { startGoogleCloud } from '../../demo/google/server.ts';

interface DemoCloudFlags {
  readonly port: number;
  readonly seed: number;
  readonly latency: number;
}

interface CloudOptions {
  readonly port: number;
  readonly seed: number;
  readonly faults: { readonly latencyMs: number };
}

/** A simulated cloud that runs, and how to get in. */
interface RunningCloud {
  readonly name: string;
  readonly url: string;
  /** By whom they let in, what to paste into a shell. */
  readonly exports: readonly { readonly account: string; readonly lines: readonly string[] }[];
  /** What reads it then. */
  readonly command: string;
  stop(): Promise<void>;
}

const clouds = { aws, google, azure } as const satisfies Record<
  string,
  (options: CloudOptions) => Promise<RunningCloud>
>;
type CloudName = keyof typeof clouds;

export function addDemoCloudCommand(program: Command): void {
  program
    .command('demo-cloud')
    .addArgument(new Argument('<provider>').choices(Object.keys(clouds)))
    .option('--port <n>', '0 for any that is free', whole, 4681)
    .option('--seed <n>', 'another seed, another fleet', whole, 1)
    .option('--latency <ms>', 'of every answer', whole, 0)
    .action(run);
}

async function run(name: CloudName, { port, seed, latency }: DemoCloudFlags): Promise<void> {
  const cloud = await clouds[name]({ port, seed, faults: { latencyMs: latency } }).catch((cause: unknown) => {
    throw new CollectError('unavailable', `nothing can listen on port ${port}`, {
      fix: 'choose another with --port, or 0 for any that is free',
      cause,
    });
  });
  process.stdout.write(`Simulated ${cloud.name} (DEMO) at ${cloud.url}\n\n`);
  for (const { account, lines } of cloud.exports)
    process.stdout.write(`${account}\n${lines.map((line) => `  export ${line}\n`).join('')}`);
  process.stdout.write(`\nThen: ${cloud.command}      Ctrl-C stops\n`);
  await new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
  await cloud.stop();
}

async function aws(options: CloudOptions): Promise<RunningCloud> {
  const { url, stop } = await startAwsCloud(options);
  return {
    name: 'AWS',
    url,
    exports: demoAccounts.map(({ name, id, accessKeyId, secretAccessKey }) => ({
      account: `${name} (${id})`,
      lines: [`AWS_ENDPOINT_URL=${url} AWS_ACCESS_KEY_ID=${accessKeyId} AWS_SECRET_ACCESS_KEY=${secretAccessKey}`],
    })),
    command: 'fleetgauge scan aws --yes',
    stop,
  };
}

/** Its key is new each time, and is taken from a file, as Google's own tools take it. */
async function google(options: CloudOptions): Promise<RunningCloud> {
  const { url, credentials, close } = await startGoogleCloud(options);
  const folder = await mkdtemp(join(tmpdir(), 'fleetgauge-demo-google-'));
  const file = join(folder, 'key.json');
  await writeFile(file, JSON.stringify(credentials.serviceAccount), { mode: 0o600 });
  return {
    name: 'Google Cloud',
    url,
    exports: [{ account: credentials.serviceAccount.client_email, lines: [`GOOGLE_APPLICATION_CREDENTIALS=${file}`] }],
    command: `fleetgauge scan google --google-endpoint ${url} --yes`,
    stop: async () => {
      await close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** By the first of its applications, which sees all of it. */
async function azure(options: CloudOptions): Promise<RunningCloud> {
  const { url, credentials, stop } = await startAzureCloud(options);
  const [{ tenantId, clientId, clientSecret } = { tenantId: '', clientId: '', clientSecret: '' }] = credentials;
  const endpoints = `--login-endpoint ${url} --management-endpoint ${url} --metrics-endpoint '${url}/metrics/{region}'`;
  return {
    name: 'Azure',
    url,
    exports: [{ account: `application ${clientId}`, lines: [`AZURE_CLIENT_SECRET=${clientSecret}`] }],
    command: `fleetgauge scan azure --tenant-id ${tenantId} --client-id ${clientId} ${endpoints} --yes`,
    stop,
  };
}

function whole(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0) throw new InvalidArgumentError('It has to be a whole number.');
  return value;
}
