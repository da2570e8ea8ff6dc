import { dirname, resolve } from 'node:path';
import type { Command } from 'commander';
import { CollectError } from '#model/errors.ts';
import type { FileConfig, Settings } from '#providers/external/config.ts';

/** What comes before a setting of the file, besides its option. */
const variables: Readonly<Record<keyof Settings, string | undefined>> = {
  data: 'FLEETGAUGE_DATA',
  database: 'FLEETGAUGE_DATABASE',
  server: 'FLEETGAUGE_SERVER',
  output: undefined,
  progress: undefined,
};

/** Of a setting that comes from the file, as commander has it for options. */
const fromFile = 'config';

/**
 * Lets what the file says stand for options of all commands: an option comes first, then its variable, the profile, and the rest
 * of the file.
 *
 * @throws CollectError `invalid_input` for a profile that is none, naming those that there are
 */
export function applySettings(
  program: Command,
  config: FileConfig,
  profile: string | undefined,
  env: NodeJS.ProcessEnv,
): void {
  const { output, data, ...settings } = settingsIn(config, profile);
  const folder = data === undefined ? {} : { data: resolve(dirname(config.file), data) };
  for (const [name, value] of Object.entries({ ...settings, ...folder })) {
    const variable = Object.entries(variables).find(([each]) => each === name)?.[1];
    if (variable === undefined || !env[variable]) program.setOptionValueWithSource(name, value, fromFile);
  }
  if (output === undefined) return;
  program.hook('preAction', (_program, command) => {
    const option = command.options.find((each) => each.attributeName() === 'output');
    // Not each command has all forms, and an --output may be a file.
    if (!option?.argChoices?.includes(output) || command.getOptionValueSource('output') !== 'default') return;
    command.setOptionValueWithSource('output', output, fromFile);
  });
}

/** With those of a profile before the rest. @throws CollectError `invalid_input` for one that is none, naming those that there are */
export function settingsIn({ file, settings, profiles }: FileConfig, profile: string | undefined): Settings {
  if (profile === undefined) return settings;
  const chosen = Object.hasOwn(profiles, profile) ? profiles[profile] : undefined;
  if (chosen !== undefined) return { ...settings, ...chosen };
  const known = Object.keys(profiles);
  throw new CollectError('invalid_input', `there is no profile '${profile}'`, {
    where: file,
    fix: known.length > 0 ? `one of ${known.join(', ')}` : `fleetgauge config set server <url> --profile ${profile}`,
  });
}

/** Where the value of an option comes from: the option, its variable, the file, or nowhere. */
export function sourceOf(command: Command, name: keyof Settings, config: FileConfig, profile?: string): string {
  const source = command.getOptionValueSourceWithGlobals(name);
  if (source === 'cli') return `--${name}`;
  const variable = variables[name];
  if (variable !== undefined && process.env[variable]) return variable;
  if (source !== fromFile) return 'default';
  const isOfProfile = profile !== undefined && config.profiles[profile]?.[name] !== undefined;
  return isOfProfile ? `profile ${profile}` : config.file;
}
