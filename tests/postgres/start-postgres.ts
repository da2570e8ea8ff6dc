import { startCluster } from './cluster.ts';

/** It makes a thousand schemas, and nothing here outlives it: what a crash leaves is for `tests/chaos` to prove. */
const hasty = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' };

/**
 * Starts a PostgreSQL of its own and tells the suites of it by `FLEETGAUGE_TEST_DATABASE`. One that is set already is used as
 * it is.
 *
 * @throws Error where there is none on this machine
 */
export default async function setup(): Promise<(() => Promise<void>) | undefined> {
  if (process.env.FLEETGAUGE_TEST_DATABASE !== undefined) return undefined;
  const cluster = await startCluster(hasty);
  process.env.FLEETGAUGE_TEST_DATABASE = cluster.url;
  return cluster.stop;
}
