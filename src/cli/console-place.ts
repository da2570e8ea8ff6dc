import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Where the console is served, if nothing else is said. */
export const consolePort = 4680;

/** What the console is made of, built. */
export const consoleFolder = fileURLToPath(new URL('../../console/dist', import.meta.url));

/** The demo has a data folder of its own, so that made-up servers never stand beside real ones. */
export function demoFolder(data: string): string {
  return join(data, 'demo');
}
