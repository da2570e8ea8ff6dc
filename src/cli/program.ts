import { Command, Option } from 'commander';
import { commands } from './commands.ts';
import { parseDuration } from './duration.ts';
import { exitCodeMeanings, exitCodes } from './exit-codes.ts';
import { progressForms } from './global-flags.ts';
import { version } from './version.ts';

/** The command line without its commands. */
export function createProgram(): Command {
  return new Command('fleetgauge')
    .description('How used is every server of a company, on every cloud, in one record.')
    .version(version)
    .option('--data <folder>', 'where accounts, inventory and history are kept (FLEETGAUGE_DATA)')
    .option('--database <url>', 'postgres://… where more than one machine is to share them (FLEETGAUGE_DATABASE)')
    .option('--config <file>', 'which providers to read besides ours (FLEETGAUGE_CONFIG); else fleetgauge.config.json')
    .option('-q, --quiet', 'no notes and no progress; data and errors alone')
    .option(
      '-v, --verbose',
      'where the time goes; -vv tells of every call to a cloud, and where errors come from',
      (_: string, before: number) => before + 1,
      0,
    )
    .addOption(new Option('--progress <form>', 'of runs, on stderr').choices([...progressForms]).default('auto'))
    .option('--timeout <duration>', 'such as 90s or 30m; what is in flight is then finished and stored', parseDuration)
    .option('--no-input', 'ask nothing: what would be asked for is an error')
    .option('--no-color', 'plain text (NO_COLOR works too, FORCE_COLOR the other way)')
    .showHelpAfterError('(add --help for the options)')
    .addHelpText('after', exitCodeHelp())
    .exitOverride();
}

/** The command that the words are about, as far as that can be told without knowing any. */
export function commandIn(args: readonly string[]): string | undefined {
  const probe = createProgram().configureOutput({ writeErr: () => {} });
  try {
    const [first, second] = probe.parseOptions([...args]).operands;
    return first === 'help' ? second : first;
  } catch {
    // Whatever is wrong is told when the line is parsed in earnest.
    return undefined;
  }
}

/** Adds the named command with all that is below it; where there is none of that name, all of them by their names alone. */
export async function addCommands(program: Command, name: string | undefined): Promise<void> {
  const entry = commands.find((each) => each.name === name);
  if (entry === undefined) {
    for (const { name: each, description } of commands) program.command(each).description(description);
    return;
  }
  const add = await entry.load();
  add(program);
  program.commands.find((each) => each.name() === entry.name)?.description(entry.description);
}

function exitCodeHelp(): string {
  const names = Object.keys(exitCodes) as (keyof typeof exitCodes)[];
  const lines = names.map((name) => `  ${String(exitCodes[name]).padStart(3)}  ${exitCodeMeanings[name]}`);
  return `\nExit codes:\n${lines.join('\n')}\n\nData goes to stdout, progress and notes to stderr.`;
}
