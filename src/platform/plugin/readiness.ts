import { once } from 'node:events';
import { connect } from 'node:net';
import { CollectError } from '#model/errors.ts';
import { Client } from '#wire/client.ts';
import { HealthCheckResponse_ServingStatus, HealthDefinition } from '#wire/gen/grpc/grpc/health/v1/health.ts';

/**
 * Whether a plugin on this machine takes calls: by gRPC health, or by the port alone where it has no such service.
 *
 * @throws CollectError why not
 */
export async function checkHealth(port: number, answerMs: number, signal: AbortSignal): Promise<void> {
  await reachable(port, answerMs, signal);
  using client = new Client({ address: `127.0.0.1:${port}`, tls: false }, { retryOn: [] });
  try {
    const { status } = await client.call(HealthDefinition, 'check', {}, { deadlineMs: answerMs, signal });
    if (status === HealthCheckResponse_ServingStatus.SERVING) return;
  } catch (caught) {
    const error = CollectError.from(caught);
    // UNIMPLEMENTED comes as this: it has no health service, or none of that name.
    if (error.code === 'not_found') return;
    throw error;
  }
  throw new CollectError('unavailable', 'the plugin says that it is not serving', { where: `port ${port}` });
}

async function reachable(port: number, answerMs: number, signal: AbortSignal): Promise<void> {
  const socket = connect({ port, host: '127.0.0.1' });
  try {
    await once(socket, 'connect', { signal: AbortSignal.any([signal, AbortSignal.timeout(answerMs)]) });
  } catch (cause) {
    throw new CollectError('unavailable', 'nobody listens on the port that the plugin was given', {
      where: `port ${port}`,
      cause,
    });
  } finally {
    socket.on('error', () => {});
    socket.destroy();
  }
}
