import type { Argument, Command, Option } from 'commander';
import { commands } from './commands.ts';
import type { PlaceFlags } from './open-data.ts';
import { addCommands, createProgram } from './program.ts';

/** What may be typed next, and what it is. */
export interface Candidate {
  readonly text: string;
  readonly about: string;
}

/** Values that only the data folder knows. */
export type ValueKind = 'account' | 'region' | 'job' | 'server';
export type Lookup = (kind: ValueKind, place: PlaceFlags) => Promise<readonly Candidate[]>;
type Values = (kind: ValueKind) => Promise<readonly Candidate[]>;

/**
 * What may stand where the last of the words is being typed: from the commands themselves, so that nothing has to be kept in step.
 *
 * @param words after `fleetgauge`; the last one may be empty
 */
export async function candidates(words: readonly string[], lookup: Lookup): Promise<Candidate[]> {
  const typed = words.at(-1) ?? '';
  const before = words.slice(0, -1);
  const program = createProgram();
  const name = firstOperand(program, before);
  if (name !== undefined) await addCommands(program, name);
  const place = walk(program, before);
  const found = await possible(place, typed, (kind) => lookup(kind, program.opts<PlaceFlags>()));
  return found.filter(({ text }) => text.startsWith(typed));
}

interface Place {
  /** From the program to the innermost command. */
  readonly path: readonly Command[];
  /** Whose value is being typed. */
  readonly option: Option | undefined;
  /** Arguments of the innermost command that are typed already. */
  readonly operands: number;
}

function walk(program: Command, words: readonly string[]): Place {
  const path = [program];
  let option: Option | undefined;
  let operands = 0;
  for (const word of words) {
    if (option !== undefined) {
      keepPlace(program, option, word);
      option = undefined;
    } else if (word.startsWith('-')) {
      const [, flag = word, value] = /^([^=]+)=(.*)$/.exec(word) ?? [];
      const known = optionsOf(path).find((each) => each.long === flag || each.short === flag);
      if (known?.required && value === undefined) option = known;
      else if (known !== undefined && value !== undefined) keepPlace(program, known, value);
    } else {
      const inner = path.at(-1)?.commands.find((each) => each.name() === word || each.aliases().includes(word));
      if (inner === undefined) operands++;
      else {
        path.push(inner);
        operands = 0;
      }
    }
  }
  return { path, option, operands };
}

/** What the words say of where the values are. */
function keepPlace(program: Command, option: Option, value: string): void {
  const name = option.attributeName();
  if (name === 'data' || name === 'database') program.setOptionValue(name, value);
}

/** The name of the command, before any command is known. */
function firstOperand(program: Command, words: readonly string[]): string | undefined {
  let isValue = false;
  for (const word of words) {
    if (!isValue && !word.startsWith('-')) return word;
    const known = program.options.find((each) => each.long === word || each.short === word);
    isValue = !isValue && known?.required === true;
  }
  return undefined;
}

async function possible(
  { path, option, operands }: Place,
  typed: string,
  lookup: Values,
): Promise<readonly Candidate[]> {
  const innermost = path.at(-1);
  if (innermost === undefined) return [];
  if (option !== undefined) return valuesOf(option, path, lookup);
  if (typed.startsWith('-')) return optionsOf(path).flatMap(optionCandidates);
  if (path.length === 1) {
    if (operands > 0) return [];
    return commands.map(({ name, description }) => ({ text: name, about: description }));
  }
  const inner =
    operands === 0 ? innermost.commands.map((each) => ({ text: each.name(), about: each.description() })) : [];
  const argument =
    innermost.registeredArguments[operands] ?? innermost.registeredArguments.findLast((each) => each.variadic);
  return [...inner, ...(argument === undefined ? [] : await valuesOf(argument, path, lookup))];
}

function optionsOf(path: readonly Command[]): Option[] {
  return path.toReversed().flatMap((command) => command.createHelp().visibleOptions(command));
}

function optionCandidates({ long, description }: Option): Candidate[] {
  return long === undefined || long === null ? [] : [{ text: long, about: description }];
}

/** Of an option or an argument: what it may be, or what the data folder knows by that name. */
function valuesOf(
  of: Option | Argument,
  path: readonly Command[],
  lookup: Values,
): readonly Candidate[] | Promise<readonly Candidate[]> {
  if (of.argChoices !== undefined) return of.argChoices.map((text) => ({ text, about: '' }));
  const kind = kindOf('long' in of ? of.attributeName() : of.name(), path);
  return kind === undefined ? [] : lookup(kind);
}

/** What a name stands for is told by the command that it belongs to: the `<name>` of `account test` is an account's. */
function kindOf(name: string, path: readonly Command[]): ValueKind | undefined {
  if (name === 'account') return 'account';
  if (name === 'region' || name === 'regions') return 'region';
  if (name === 'server') return 'server';
  const noun = path[1]?.name();
  if (name === 'name' && noun === 'account') return 'account';
  if (name === 'id' && noun === 'job') return 'job';
  return name === 'id' && noun === 'server' ? 'server' : undefined;
}
