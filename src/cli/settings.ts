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

/** Where a value may come from: what is first comes first. */
export const origins = ['option', 'variable', 'profile', 'file'] as const;
export type Origin = (typeof origins)[number];

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
  const ofProfile = profile === undefined ? {} : config.profiles[profile];
  // In the place of what commander has: it knows of no file.
  const originIn = (name: string): Origin => (Object.hasOwn(ofProfile ?? {}, name) ? 'profile' : 'file');
  for (const [name, value] of Object.entries({ ...settings, ...folder })) {
    const variable = Object.entries(variables).find(([each]) => each === name)?.[1];
    if (variable === undefined || !env[variable]) program.setOptionValueWithSource(name, value, originIn(name));
  }
  if (output === undefined) return;
  program.hook('preAction', (_program, command) => {
    const option = command.options.find((each) => each.attributeName() === 'output');
    // Not each command has all forms, and an --output may be a file.
    if (!option?.argChoices?.includes(output) || command.getOptionValueSource('output') !== 'default') return;
    command.setOptionValueWithSource('output', output, originIn('output'));
  });
}

/**
 * With those of a profile before the rest. One that names a store means that, and no server that the rest does.
 *
 * @throws CollectError `invalid_input` for a profile that is none, naming those that there are
 */
export function settingsIn({ file, settings, profiles }: FileConfig, profile: string | undefined): Settings {
  if (profile === undefined) return settings;
  const chosen = Object.hasOwn(profiles, profile) ? profiles[profile] : undefined;
  if (chosen !== undefined) {
    const { server: _, ...others } = settings;
    return { ...(chosen.data === undefined && chosen.database === undefined ? settings : others), ...chosen };
  }
  const known = Object.keys(profiles);
  throw new CollectError('invalid_input', `there is no profile '${profile}'`, {
    where: file,
    fix: known.length > 0 ? `one of ${known.join(', ')}` : `fleetgauge config set server <url> --profile ${profile}`,
  });
}

/** Where the value of an option comes from; undefined where nobody has said any. */
export function originOf(command: Command, name: keyof Settings): Origin | undefined {
  const source = command.getOptionValueSourceWithGlobals(name);
  if (source === 'cli') return 'option';
  if (variables[name] !== undefined && process.env[variables[name]]) return 'variable';
  return origins.find((origin) => origin === source);
}

/** The same for people: the option, its variable, the profile, or the file. */
export function sourceOf(command: Command, name: keyof Settings, config: FileConfig, profile?: string): string {
  switch (originOf(command, name)) {
    case 'option':
      return `--${name}`;
    case 'variable':
      return variables[name] ?? '';
    case 'profile':
      return `profile ${profile}`;
    case 'file':
      return config.file;
    case undefined:
      return 'default';
  }
}
