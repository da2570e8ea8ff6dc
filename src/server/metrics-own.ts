import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { FastifyInstance } from 'fastify';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Store } from '#store/store.ts';

/** What of Fleetgauge itself is worth watching, in the text format of Prometheus. */
export interface OwnMetrics {
  text(): Promise<string>;
}

/**
 * Counts what this process answers from now on. What jobs have done is read from the store, and so is that of all processes.
 */
export function ownMetrics(app: FastifyInstance, store: Store): OwnMetrics {
  const registry = new Registry();
  const registers = [registry];
  const durations = new Histogram({
    name: 'fleetgauge_http_request_duration_seconds',
    help: 'Time to answer, by route; event streams and exports until they end.',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers,
  });
  app.addHook('onResponse', async (request, reply) => {
    // Addresses that are none of ours share a label: anybody can think up any number of them.
    const route = request.is404 ? 'none' : (request.routeOptions.url ?? 'none');
    durations.observe({ method: request.method, route, status: String(reply.statusCode) }, reply.elapsedTime / 1000);
  });

  const jobs = new Gauge({ name: 'fleetgauge_jobs', help: 'Jobs by state.', labelNames: ['state'], registers });
  const tasks = new Gauge({ name: 'fleetgauge_tasks', help: 'Tasks by state.', labelNames: ['state'], registers });
  const queued = new Gauge({ name: 'fleetgauge_queue_depth', help: 'Tasks that wait for a worker.', registers });
  const counter = (name: string, help: string) => new Counter({ name, help, labelNames: ['api'], registers });
  const calls = counter('fleetgauge_cloud_calls_total', 'Calls sent to clouds, those sent again among them.');
  const retries = counter('fleetgauge_cloud_retries_total', 'Calls that were sent again.');
  const throttles = counter('fleetgauge_cloud_throttles_total', 'Calls that a cloud turned away as too many.');
  const failures = counter('fleetgauge_cloud_failures_total', 'Calls that failed.');
  const cost = counter('fleetgauge_cloud_cost_dollars_total', 'What calls have cost at list price.');

  processMetrics(app, registers);

  return {
    async text() {
      const totals = await store.jobs.totals();
      for (const metric of [jobs, tasks, calls, retries, throttles, failures, cost]) metric.reset();
      for (const { state, count } of totals.jobs) jobs.set({ state }, count);
      for (const { state, count } of totals.tasks) tasks.set({ state }, count);
      queued.set(totals.queued);
      for (const { api, ...line } of totals.calls) {
        calls.inc({ api }, line.calls);
        retries.inc({ api }, line.retried);
        throttles.inc({ api }, line.throttled);
        failures.inc({ api }, line.failed);
        cost.inc({ api }, line.usd);
      }
      return registry.metrics();
    },
  };
}

const percentiles = [50, 90, 99, 100] as const;
const nanosecond = 1e-9;

function processMetrics(app: FastifyInstance, registers: Registry[]): void {
  const delays = monitorEventLoopDelay({ resolution: 10 });
  delays.enable();
  app.addHook('onClose', async () => {
    delays.disable();
  });
  new Gauge({
    name: 'fleetgauge_event_loop_delay_seconds',
    help: 'How late the event loop was since the last scrape.',
    labelNames: ['percentile'],
    registers,
    collect() {
      for (const percentile of percentiles) {
        this.set({ percentile: String(percentile) }, delays.percentile(percentile) * nanosecond);
      }
      delays.reset();
    },
  });
  new Gauge({
    name: 'process_resident_memory_bytes',
    help: 'Memory of this process.',
    registers,
    collect() {
      this.set(process.memoryUsage.rss());
    },
  });
  new Counter({
    name: 'process_cpu_seconds_total',
    help: 'Processor time of this process.',
    registers,
    collect() {
      const { user, system } = process.cpuUsage();
      this.reset();
      this.inc((user + system) / 1e6);
    },
  });
}
