import { type Clock, systemClock } from '#collect/clock.ts';
import { account, startCloud, worldNow } from '#providers/aws/testing-fleet.fixture.ts';
import { Client } from '#wire/client.ts';
import type { Generation } from '#wire/generation.ts';
import { serve } from '#wire/server.ts';
import type { AwsCloud } from '../../demo/aws/server.ts';
import { dataSourceServices } from './service.ts';

/** The world's time. Waits are cut short, but for those of minutes. */
const hurried: Clock = {
  now: () => worldNow,
  sleep: (ms, signal) => systemClock.sleep(ms > 60_000 ? ms : Math.min(ms, 5), signal),
  random: () => 0.5,
};

/** A simulated AWS, and a data source for it with a client of each generation. */
export interface TestDataSource extends AsyncDisposable {
  readonly cloud: AwsCloud;
  readonly v1: Client;
  readonly v2: Client;
  readonly ports: Readonly<Record<Generation, number>>;
  /** Counts of the cloud: calls of an operation since the last time that it was asked for. */
  callsOf(operation: string): number;
  secret(): Record<string, unknown>;
}

export async function startDataSource(clock = hurried): Promise<TestDataSource> {
  const cloud = await startCloud();
  const stop = new AbortController();
  const start = async (generation: Generation) => {
    const { services, [Symbol.dispose]: close } = dataSourceServices(generation, { clock });
    const options = {
      generation,
      services,
      version: '0',
      host: '127.0.0.1',
      port: 0,
      signal: stop.signal,
      graceMs: 100,
    };
    const { port, closed } = await serve(options);
    const client = new Client({ address: `127.0.0.1:${port}`, tls: false });
    return { client, port, closed, close };
  };
  const [v1, v2] = [await start('v1'), await start('v2')];
  const counted = new Map<string, number>();
  return {
    cloud,
    v1: v1.client,
    v2: v2.client,
    ports: { v1: v1.port, v2: v2.port },
    callsOf(operation) {
      const rows = cloud.stats.rows().filter((row) => row.operation === operation);
      const calls = rows.reduce((sum, row) => sum + row.calls, 0);
      const before = counted.get(operation) ?? 0;
      counted.set(operation, calls);
      return calls - before;
    },
    secret: () => ({
      aws_access_key_id: account.accessKeyId,
      aws_secret_access_key: account.secretAccessKey,
      region_name: 'us-east-1',
      endpoint_url: cloud.url,
    }),
    async [Symbol.asyncDispose]() {
      stop.abort();
      for (const { client, closed, close } of [v1, v2]) {
        client.close();
        await closed;
        close();
      }
      await cloud.stop();
    },
  };
}
