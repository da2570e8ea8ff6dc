import type { FastifyInstance } from 'fastify';
import { CollectError } from '#model/errors.ts';
import type { Store } from '#store/store.ts';

export interface HealthSource {
  readonly store: Store;
  /** Aborted once this process stops. */
  readonly stopping: AbortSignal;
  /** What this process is; a server where absent. */
  readonly process?: 'server' | 'worker';
  readonly report: (error: CollectError) => void;
}

/** A database that takes longer than this is not there for those who wait for an answer, in milliseconds. */
const longestAnswerMs = 5_000;

interface Check {
  readonly ok: boolean;
  readonly reason?: string;
}

/** `/healthz`: this process answers. `/readyz`: it can do its work, or why it cannot; without names of hosts or files. */
export function healthRoutes(app: FastifyInstance, source: HealthSource): void {
  app.get('/healthz', () => ({ ok: true }));
  app.get('/readyz', async (_request, reply) => {
    const checks = await readChecks(source);
    const ok = Object.values(checks).every((check) => check.ok);
    reply.code(ok ? 200 : 503).header('cache-control', 'no-store');
    return { ok, checks };
  });
}

async function readChecks({
  store,
  stopping,
  report,
  process = 'server',
}: HealthSource): Promise<Readonly<Record<string, Check>>> {
  const own: Check = stopping.aborted ? { ok: false, reason: `the ${process} is stopping` } : { ok: true };
  try {
    const { stored, known } = await inTime(store.schema());
    const migrations: Check =
      stored >= known ? { ok: true } : { ok: false, reason: `the schema is ${stored}, this fleetgauge knows ${known}` };
    return { [process]: own, database: { ok: true }, migrations };
  } catch (caught) {
    const error = CollectError.from(caught);
    report(error);
    const reason = error.code === 'timeout' ? error.message : 'the database does not answer';
    return { [process]: own, database: { ok: false, reason }, migrations: { ok: false, reason: 'not known' } };
  }
}

/** @throws CollectError `timeout` */
async function inTime<T>(work: Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => late.reject(new CollectError('timeout', `the database takes longer than ${longestAnswerMs / 1000} s`)),
    longestAnswerMs,
  );
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
