import { CollectError } from '#model/errors.ts';
import { Client } from '#wire/client.ts';
import { Endpoint } from '#wire/endpoint.ts';
import type { CloudServer } from './inventory/server.ts';

/** Noon of a day on which everything here happens, epoch milliseconds. */
export const testNow = Date.UTC(2026, 10, 18, 12);
export const hourMs = 3_600_000;

/** The day before it. */
export const lastDay = {
  start: new Date(testNow - 24 * hourMs).toISOString(),
  end: new Date(testNow).toISOString(),
};

/** A client that does not wait long before it tries again. */
export function connect({ endpoint }: { endpoint: string }, token?: string): Client {
  return new Client(Endpoint.parse(endpoint), { random: () => 0, ...(token === undefined ? {} : { token }) });
}

/** How a call fails: our code for it, the platform's own, and its text. */
export async function failure(work: Promise<unknown>): Promise<{ code: string; platform: string; message: string }> {
  const caught = await work.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(caught instanceof CollectError)) throw new Error(`no CollectError: ${caught}`);
  const platform = caught.cause instanceof Error ? caught.cause.message : '';
  return { code: caught.code, platform, message: caught.message };
}

/** A server of AWS, as far as a test says what it is. */
export function awsServer(index: number, over: Partial<CloudServer> = {}): CloudServer {
  return {
    provider: 'aws',
    account: '320000000001',
    region: 'us-east-1',
    resourceId: `i-${String(index).padStart(17, '0')}`,
    name: `web-${String(index).padStart(4, '0')}`,
    secretId: 'secret-aws-0001',
    ...over,
  };
}

/** So many of them, each as `over` has it. */
export function awsServers(count: number, over: (index: number) => Partial<CloudServer> = () => ({})): CloudServer[] {
  return Array.from({ length: count }, (_, index) => awsServer(index, over(index)));
}

export const awsSecret = {
  secretId: 'secret-aws-0001',
  provider: 'aws',
  schema: 'aws_access_key',
  data: { aws_access_key_id: 'AKIATEST', aws_secret_access_key: 'opens nothing' },
  serviceAccountId: 'sa-aws',
} as const;

/** Row ids as the fleets here get them. */
export const serverId = (index: number) => `server-${String(index).padStart(8, '0')}`;
export const cloudServiceId = (index: number) => `cloud-svc-${String(index).padStart(8, '0')}`;
