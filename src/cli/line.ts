import type { Command } from 'commander';
import type { FileConfig } from '#providers/external/config.ts';
import type { GlobalFlags } from './global-flags.ts';
import { printError } from './print-error.ts';
import { addCommands, createProgram } from './program.ts';
import { applySettings } from './settings.ts';

/** What the scripts of `fleetgauge completion` ask, and nobody else. */
export const shellsVerb = '__complete';

/** They have no use for a configuration. */
const needNone: readonly string[] = ['init', 'version', 'completion'];
/** They work where the configuration does not, and say what is wrong with it, or mend it; they need no cloud of others. */
const bearBroken: readonly string[] = ['doctor', 'config'];

/** A line of words, before it is parsed. */
export interface Line {
  /** With the command that is meant, and the settings that hold for it. */
  readonly program: Command;
  /** Of the command. */
  readonly name: string | undefined;
  /** All that is to be parsed. */
  readonly args: readonly string[];
}

/** @throws CollectError `invalid_input` for a configuration that cannot be read, or a profile that is none */
export async function readLine(given: readonly string[], env: NodeJS.ProcessEnv): Promise<Line> {
  const { name, flags, makesProfile } = glance(given);
  if (name === undefined || needNone.includes(name)) return { ...(await lineOf(name, given)), name };
  const named = flags.profile ?? (env.FLEETGAUGE_PROFILE || undefined);
  const config = await configFor(name, named, flags.config ?? (env.FLEETGAUGE_CONFIG || undefined));
  // Commands are made of the providers.
  if (config !== undefined && !bearBroken.includes(name))
    for (const fault of await (await import('./outside-providers.ts')).addOutsideProviders(config)) printError(fault);
  if (name === shellsVerb) {
    const program = createProgram();
    (await import('./commands/candidates.ts')).addCandidatesCommand(program);
    return { program, name, args: given };
  }
  const { program, args, profile = env.FLEETGAUGE_PROFILE || undefined } = await lineOf(name, given);
  if (config !== undefined && !makesProfile) applySettings(program, config, profile, env);
  return { program, name, args };
}

/** @param profile that was chosen */
async function configFor(
  name: string,
  profile: string | undefined,
  file: string | undefined,
): Promise<FileConfig | undefined> {
  // Help needs none of what reads it.
  const { readConfig } = await import('#providers/external/config.ts');
  try {
    return await readConfig(file, process.cwd());
  } catch (caught) {
    if (bearBroken.includes(name) && profile === undefined) return undefined;
    throw caught;
  }
}

/** A `--profile` is ours, unless the command has one too, as those of a cloud have: then ours stands before the command. */
async function lineOf(name: string | undefined, given: readonly string[]) {
  const program = createProgram();
  await addCommands(program, name);
  const at = commandAt(program, given);
  const words = given.slice(at);
  if (!ownsProfile(program, words)) return { program, args: given, profile: glance(given).flags.profile };
  const before = given.slice(0, at);
  const without = createProgram(false);
  await addCommands(without, name);
  return { program: without, args: [...withoutProfile(before), ...words], profile: glance(before).flags.profile };
}

/** What can be told of a line without knowing any command. */
function glance(args: readonly string[]): Glance {
  const probe = createProgram().configureOutput({ writeErr: () => {} });
  try {
    const [first, second] = probe.parseOptions([...args]).operands;
    const name = first === 'help' ? second : first;
    return { name, flags: probe.opts<GlobalFlags>(), makesProfile: first === 'config' && second === 'set' };
  } catch {
    // Whatever is wrong is told when the line is parsed in earnest.
    return { name: undefined, flags: {}, makesProfile: false };
  }
}

interface Glance {
  readonly name: string | undefined;
  readonly flags: Partial<GlobalFlags>;
  /** Names a profile that need not be there yet. */
  readonly makesProfile: boolean;
}

/** Where the name of the command stands; past the last word where there is none. */
function commandAt(program: Command, args: readonly string[]): number {
  let at = 0;
  for (let word = args[at]; word?.startsWith('-') && word !== '--'; word = args[at]) {
    const known = program.options.find(({ short, long }) => short === word || long === word);
    at += known?.required ? 2 : 1;
  }
  return at;
}

function ownsProfile(program: Command, words: readonly string[]): boolean {
  let command = program;
  for (const word of words)
    command = command.commands.find((each) => each.name() === word || each.aliases().includes(word)) ?? command;
  return command !== program && command.options.some(({ long }) => long === '--profile');
}

function withoutProfile(words: readonly string[]): string[] {
  return words.filter(
    (word, at) => word !== '--profile' && words[at - 1] !== '--profile' && !word.startsWith('--profile='),
  );
}
