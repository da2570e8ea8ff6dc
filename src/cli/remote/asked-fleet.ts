import type { Command } from 'commander';
import { watching } from '../watch.ts';
import type { RemoteFleet } from './fleet.ts';
import { chosenServer } from './reach.ts';

/**
 * What a server elsewhere has, where a command is to ask one; undefined where it is to look into the store here.
 *
 * @param signal breaks off what is asked; that of the round, where a command shows something again and again
 * @throws CollectError `invalid_input` for an address that is none, or over which a token would go in the clear
 */
export async function askedFleet(
  command: Command,
  signal: AbortSignal | undefined = watching.signal,
): Promise<RemoteFleet | undefined> {
  if (chosenServer(command) === undefined) return undefined;
  // What it answers is described at length: only those who ask load that.
  const [{ serverOf }, { remoteFleet }] = await Promise.all([import('./client.ts'), import('./fleet.ts')]);
  const server = await serverOf(command, signal);
  return server && remoteFleet(server);
}
