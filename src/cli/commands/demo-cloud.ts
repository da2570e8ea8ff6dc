import { type Command, InvalidArgumentError } from 'commander';
import { CollectError } from '#model/errors.ts';
import { demoAccounts } from '../../demo/aws/accounts.ts';
import { startAwsCloud } from '../../demo/aws/server.ts';

interface DemoCloudFlags {
  readonly port: number;
  readonly seed: number;
  readonly latency: number;
}

export function addDemoCloudCommand(program: Command): void {
  program
    .command('demo-cloud')
    .description('run a simulated cloud, for trying things out and for tests')
    .argument('<provider>', 'aws')
    .option('--port <n>', '0 for any that is free', whole, 4681)
    .option('--seed <n>', 'another seed, another fleet', whole, 1)
    .option('--latency <ms>', 'of every answer', whole, 0)
    .action(run);
}

async function run(provider: string, { port, seed, latency }: DemoCloudFlags): Promise<void> {
  if (provider !== 'aws')
    throw new CollectError('invalid_input', `there is no simulated '${provider}'`, {
      fix: 'fleetgauge demo-cloud aws',
    });
  const cloud = await startAwsCloud({ port, seed, faults: { latencyMs: latency } }).catch((cause: unknown) => {
    throw new CollectError('unavailable', `nothing can listen on port ${port}`, {
      fix: 'choose another with --port, or 0 for any that is free',
      cause,
    });
  });
  process.stdout.write(`Simulated AWS (DEMO) at ${cloud.url}\n\n`);
  for (const { name, id, accessKeyId, secretAccessKey } of demoAccounts) {
    process.stdout.write(
      `${name} (${id})\n  export AWS_ENDPOINT_URL=${cloud.url} AWS_ACCESS_KEY_ID=${accessKeyId} AWS_SECRET_ACCESS_KEY=${secretAccessKey}\n`,
    );
  }
  process.stdout.write('\nThen: fleetgauge scan aws --yes      Ctrl-C stops\n');
  await new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
  await cloud.stop();
}

function whole(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0) throw new InvalidArgumentError('It has to be a whole number.');
  return value;
}
