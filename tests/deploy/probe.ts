import { request } from 'node:http';
import { Client } from '#wire/client.ts';
import { HealthCheckResponse_ServingStatus, HealthDefinition } from '#wire/gen/grpc/grpc/health/v1/health.ts';
import type { Probe } from './manifest.ts';

/** Asks as a kubelet does: by the pod's address, which is the Host unless headers say another. Whether the answer is good. */
export async function passes({ httpGet, grpc, timeoutSeconds }: Probe, port: number): Promise<boolean> {
  const timeoutMs = timeoutSeconds * 1000;
  if (httpGet !== undefined) {
    const headers = Object.fromEntries(httpGet.httpHeaders.map(({ name, value }) => [name, value]));
    const status = await statusOf(port, httpGet.path, { Host: `10.4.0.7:${port}`, ...headers }, timeoutMs);
    return status >= 200 && status < 400;
  }
  if (grpc === undefined) throw new Error('a probe of another kind');
  const client = new Client({ address: `127.0.0.1:${port}`, tls: false });
  try {
    const { status } = await client.call(HealthDefinition, 'check', {});
    return status === HealthCheckResponse_ServingStatus.SERVING;
  } finally {
    client.close();
  }
}

/** @returns 0 where there is no answer in time */
export function statusOf(
  port: number,
  path: string,
  headers: Readonly<Record<string, string>>,
  timeoutMs: number,
): Promise<number> {
  return new Promise((resolve) => {
    request({ host: '127.0.0.1', port, path, headers, timeout: timeoutMs }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    })
      .on('timeout', () => resolve(0))
      .on('error', () => resolve(0))
      .end();
  });
}
