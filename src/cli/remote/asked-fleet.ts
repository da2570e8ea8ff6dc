import type { Command } from 'commander';
import type { RemoteFleet } from './fleet.ts';
import { chosenServer } from './reach.ts';

/**
 * What a server elsewhere has, where a command is to ask one; undefined where it is to look into the store here.
 *
 * @throws CollectError `invalid_input` for an address that is none, or over which a token would go in the clear
 */
export async function askedFleet(command: Command): Promise<RemoteFleet | undefined> {
  if (chosenServer(command) === undefined) return undefined;
  // What it answers is described at length: only those who ask load that.
  const [{ serverOf }, { remoteFleet }] = await Promise.all([import('./client.ts'), import('./fleet.ts')]);
  const server = await serverOf(command);
  return server && remoteFleet(server);
}
