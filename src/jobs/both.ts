import type { RunSink } from './run-regions.ts';

/** Both sinks get everything; the first one first. */
export function both(first: RunSink, second: RunSink): RunSink {
  return {
    async started(region) {
      await first.started(region);
      await second.started(region);
    },
    async store(region, batch, soFar) {
      await first.store(region, batch, soFar);
      await second.store(region, batch, soFar);
    },
    async ended(region, result) {
      await first.ended(region, result);
      await second.ended(region, result);
    },
  };
}
