import { CollectError } from '#model/errors.ts';
import type { FileConfig } from '#providers/external/config.ts';
import { addProvider } from '#providers/registry.ts';

/**
 * Makes known what the configuration names, before the command line is parsed, which is made of the providers. A package that
 * is broken keeps nobody from the others.
 *
 * @returns what is wrong with those that are broken
 */
export async function addOutsideProviders({
  file,
  providers,
}: Pick<FileConfig, 'file' | 'providers'>): Promise<readonly CollectError[]> {
  if (providers.length === 0) return [];
  const { loadExternal } = await import('#providers/external/load.ts');
  const faults: CollectError[] = [];
  for (const name of providers) {
    try {
      addProvider(await loadExternal(name, { file }));
    } catch (caught) {
      const error = CollectError.from(caught);
      faults.push(
        error.code === 'conflict'
          ? new CollectError('conflict', `provider package ${name}: ${error.message}`, { where: file })
          : error,
      );
    }
  }
  return faults;
}
