import { RunOptions } from '#jobs/options.ts';
import type { Target } from '#jobs/targets.ts';
import { lastDays } from '#model/window.ts';
import { addAccount, openSecret } from '#platform/secret/accounts.ts';
import { loadProvider } from '#providers/registry.ts';
import { collectInto } from './collect-flow.ts';
import { type DemoDoor, startDemoFleet } from './demo-fleet.ts';
import { exitCodes } from './exit-codes.ts';
import type { Interrupt } from './interrupt.ts';
import type { Data } from './open-data.ts';

/**
 * Starts simulated clouds and reads them, just as real ones are read.
 *
 * @param size servers; the usual number where absent
 * @returns the exit code; the demo has places that refuse, so a partial run is what should come of it
 */
export async function runDemo(data: Data, interrupt: Interrupt, size?: number): Promise<number> {
  await using fleet = await startDemoFleet(size);
  await forgetDoors(data, fleet.doors);
  const targets = await demoTargets(data, fleet.doors);
  const options = RunOptions.parse({ accounts: targets.map(({ name }) => name) });
  await data.store.jobs.adoptInterrupted(Date.now());
  const outcome = await collectInto({
    store: data.store,
    targets,
    options,
    window: lastDays(options.days, Date.now()),
    demo: true,
    interrupt,
    agree: async () => true,
  });
  return outcome?.job.state === 'FAILURE' ? exitCodes.failed : exitCodes.ok;
}

/** The accounts of the simulated clouds, sealed and opened as real ones are; anew each time, as their keys and addresses are new. */
function demoTargets({ store, key }: Data, doors: readonly DemoDoor[]): Promise<Target[]> {
  return Promise.all(
    doors.map(async ({ name, secret: given, ...door }) => {
      const provider = await loadProvider(door.provider);
      const draft = { ...door, name, regions: [] };
      const account = await addAccount(store, key, draft, provider.parseSecret(given), Date.now());
      const secret = provider.parseSecret(await openSecret(store, key, account));
      return { name, provider, secret, regions: [] };
    }),
  );
}

/** Those of the last time, and no other account that may be kept there. */
async function forgetDoors({ store }: Data, doors: readonly DemoDoor[]): Promise<void> {
  for (const { id, provider, name } of await store.accounts.list())
    if (doors.some((door) => door.name === name && door.provider === provider)) await store.accounts.remove(id);
}
