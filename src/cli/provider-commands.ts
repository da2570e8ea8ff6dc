import { type Command, Option } from 'commander';
import { z } from 'zod';
import { CollectError } from '#model/errors.ts';
import type { GivenFlags, SignInFlag } from '#model/sign-in.ts';
import { knownProviders } from '#providers/registry.ts';
import { canAsk } from './say.ts';

/** A provider and the secret that the command line describes. */
export interface GivenAccess {
  readonly providerId: string;
  /** What the provider's `parseSecret` takes. @throws CollectError `invalid_input` */
  readonly secret: () => Promise<unknown>;
}

const FlagValue = z.union([z.string(), z.array(z.string()).readonly(), z.literal(true)]).optional();

/**
 * Adds a subcommand for each provider, with its ways in as flags.
 *
 * @param complete adds to a subcommand what is the same for all, and its action
 */
export function addProviderCommands(parent: Command, complete: (command: Command, access: GivenAccess) => void): void {
  for (const { id: providerId, signIn, alias } of knownProviders()) {
    const command = parent.command(providerId).description(`${parent.description()} (${providerId})`);
    if (alias !== undefined) command.alias(alias);
    const options = signIn.flags.map((flag) => ({ flag, option: optionOf(flag) }));
    for (const { option } of options) command.addOption(option);
    command.option('--secret-stdin', 'read the secret that the flags ask for from standard input');
    const given = (): GivenFlags =>
      Object.fromEntries(
        options.map(({ flag, option }) => {
          const value = FlagValue.parse(command.opts()[option.attributeName()]);
          return [flag.name, Array.isArray(value) && value.length === 0 ? undefined : value];
        }),
      );
    const secret = () =>
      signIn.secretFrom(given(), (what, variable) => askSecret(what, variable, command.opts().secretStdin === true));
    command.hook('preAction', () => inherit(parent, command));
    complete(command, { providerId, secret });
  }
}

/**
 * What both know is given to the parent, wherever it stands: here it is handed on.
 *
 * @throws CollectError `invalid_input` for an option that the parent alone knows
 */
function inherit(parent: Command, command: Command): void {
  for (const option of parent.options) {
    const name = option.attributeName();
    if (parent.getOptionValueSource(name) !== 'cli') continue;
    if (!command.options.some((own) => own.attributeName() === name)) {
      throw new CollectError('invalid_input', `${option.long} does not go with '${command.name()}'`, {
        fix: `without it: ${parent.name()} ${command.name()} …, or without '${command.name()}'`,
      });
    }
    command.setOptionValueWithSource(name, parent.getOptionValue(name), 'cli');
  }
}

function optionOf({ name, value, description, repeats, fallback, variable }: SignInFlag): Option {
  const option = new Option(`--${name}${value === undefined ? '' : ` <${value}>`}`, description);
  if (repeats) option.argParser((text: string, before: readonly string[] = []) => [...before, text]);
  if (fallback !== undefined) option.default(fallback);
  if (variable !== undefined) option.env(variable);
  return option;
}

/** @throws CollectError `invalid_input` where nobody can be asked */
async function askSecret(what: string, variable: string, fromStdin: boolean): Promise<string> {
  if (fromStdin) return (await readAll(process.stdin)).trim();
  const set = process.env[variable];
  if (set) return set;
  if (!canAsk()) {
    throw new CollectError('invalid_input', `the ${what} is missing`, {
      fix: `set ${variable}, or pipe it in with --secret-stdin`,
    });
  }
  const { isCancel, password } = await import('@clack/prompts');
  const typed = await password({ message: `${what[0]?.toUpperCase()}${what.slice(1)}` });
  if (isCancel(typed)) throw new CollectError('cancelled', 'no secret was given');
  return typed;
}

async function readAll(stream: NodeJS.ReadStream): Promise<string> {
  stream.setEncoding('utf8');
  let text = '';
  for await (const chunk of stream) text += chunk;
  return text;
}
