import { CollectError } from '#model/errors.ts';
import { readConfig } from '#providers/external/config.ts';
import { loadExternal } from '#providers/external/load.ts';
import { addProvider } from '#providers/registry.ts';
import { printError } from './print-error.ts';

/**
 * Makes known what the configuration names, before the command line is parsed, which is made of the providers. A package that
 * is broken is told, and keeps nobody from the others.
 *
 * @throws CollectError `invalid_input` for a configuration that cannot be read
 */
export async function addOutsideProviders(args: readonly string[], env: NodeJS.ProcessEnv): Promise<void> {
  const config = await readConfig(configIn(args) ?? (env.FLEETGAUGE_CONFIG || undefined), process.cwd());
  for (const name of config.providers) {
    try {
      addProvider(await loadExternal(name, config));
    } catch (caught) {
      const error = CollectError.from(caught);
      printError(
        error.code === 'conflict'
          ? new CollectError('conflict', `provider package ${name}: ${error.message}`, { where: config.file })
          : error,
      );
    }
  }
}

/** `--config <file>` or `--config=<file>`, up to where options end. */
function configIn(args: readonly string[]): string | undefined {
  const end = args.indexOf('--');
  const own = end < 0 ? args : args.slice(0, end);
  const at = own.findLastIndex((arg) => arg === '--config' || arg.startsWith('--config='));
  if (at < 0) return undefined;
  return own[at] === '--config' ? own[at + 1] : own[at]?.slice('--config='.length);
}
