import { setTimeout as wait } from 'node:timers/promises';
import { CollectError } from '#model/errors.ts';
import { HealthCheckResponse_ServingStatus, HealthDefinition } from './gen/grpc/grpc/health/v1/health.ts';
import { implement, type Service } from './service.ts';

const { SERVING, NOT_SERVING, SERVICE_UNKNOWN } = HealthCheckResponse_ServingStatus;
const longestTimeoutMs = 2 ** 31 - 1;

/**
 * grpc.health.v1: serving until the server begins to stop. A service may be asked for by its full name, by its short one as
 * Cloudforet's own servers have it, or as '' for the whole.
 *
 * @param stopping aborts when no new calls are wanted
 */
export function health(names: readonly string[], stopping: AbortSignal): Service {
  const known = new Set(['', ...names, ...names.map((name) => name.slice(name.lastIndexOf('.') + 1))]);
  const now = () => ({ status: stopping.aborted ? NOT_SERVING : SERVING });
  return implement(HealthDefinition, {
    check({ service }) {
      if (!known.has(service)) throw new CollectError('not_found', `No such service: ${service}`);
      return now();
    },
    async *watch({ service }, { signal }) {
      if (known.has(service)) yield now();
      else yield { status: SERVICE_UNKNOWN };
      if (stopping.aborted) return;
      await wait(longestTimeoutMs, undefined, { signal: AbortSignal.any([signal, stopping]) }).catch(() => {});
      if (!signal.aborted && known.has(service)) yield now();
    },
  });
}
