import { partsAreRequired } from '../../e2e/parts.ts';
import { pythonClients, pythonOf } from './clients.ts';

/** Before any file that needs them: two of them would install the same one at the same time. */
export default async function setup(): Promise<void> {
  if (!partsAreRequired) return;
  for (const client of pythonClients) await pythonOf(client);
}
