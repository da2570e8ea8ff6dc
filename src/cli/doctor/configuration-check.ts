import { CollectError } from '#model/errors.ts';
import { readConfig } from '#providers/external/config.ts';
import { plural } from '../format.ts';
import { addOutsideProviders } from '../outside-providers.ts';
import type { Check } from './check.ts';

const name = 'configuration';

/**
 * Reads the configuration, and makes known the clouds that it names: without them their accounts cannot be looked at.
 *
 * @param named the file, where it is no usual one
 */
export async function checkConfiguration(named: string | undefined, folder: string): Promise<Check[]> {
  try {
    const config = await readConfig(named, folder);
    const { file, providers } = config;
    const faults = await addOutsideProviders(config);
    if (faults.length > 0) return faults.map((fault) => problemOf(fault, `mend it, or take it out of ${file}`));
    const message =
      providers.length === 0 ? 'our own clouds alone' : `${file}, ${plural(providers.length, 'provider')}`;
    return [{ name, state: 'ok', message }];
  } catch (caught) {
    return [problemOf(CollectError.from(caught), 'mend the file')];
  }
}

function problemOf({ message, where, fix }: CollectError, otherwise: string): Check {
  return {
    name,
    state: 'problem',
    message: where === undefined ? message : `${where}: ${message}`,
    fix: fix ?? otherwise,
  };
}
