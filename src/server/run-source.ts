import type { StartContext } from '#jobs/start-job.ts';
import { CollectError } from '#model/errors.ts';
import type { Store } from '#store/store.ts';

export interface RunSource {
  readonly store: Store;
  readonly demo: boolean;
  /** What begins runs, and opens accounts. */
  readonly work: StartContext | undefined;
  readonly now: () => number;
  /** Aborted when the server stops. */
  readonly stopping: AbortSignal;
}

/** @throws CollectError `conflict` where this server begins no runs */
export function workOf({ work, demo }: RunSource): StartContext {
  if (work !== undefined) return work;
  throw demo
    ? new CollectError('conflict', 'this is the demo, which is never mixed with real accounts', {
        fix: 'end it, and start: fleetgauge up --no-demo',
      })
    : new CollectError('conflict', 'this server begins no runs', { fix: 'start one that does: fleetgauge serve' });
}
