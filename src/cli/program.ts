import { Command, Option } from 'commander';
import { commands } from './commands.ts';
import { parseDuration } from './duration.ts';
import { exitCodeMeanings, exitCodes } from './exit-codes.ts';
import { progressForms } from './global-flags.ts';
import { version } from './version.ts';

/**
 * The command line without its commands.
 *
 * @param hasProfile whether `--profile` is ours wherever it stands
 */
export function createProgram(hasProfile = true): Command {
  const program = new Command('fleetgauge')
    .description('How used is every server of a company, on every cloud, in one record.')
    .version(version)
    .option('--data <folder>', 'where accounts, inventory and history are kept (FLEETGAUGE_DATA)')
    .option('--database <url>', 'postgres://… where more than one machine is to share them (FLEETGAUGE_DATABASE)')
    .option('--server <url>', 'ask a Fleetgauge elsewhere, and no store here (FLEETGAUGE_SERVER, FLEETGAUGE_TOKEN)')
    .option('--insecure-http', 'send a token over http:// to another machine, where all on the way can read it')
    .option('--config <file>', 'settings (FLEETGAUGE_CONFIG); else fleetgauge.config.yaml or .json')
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
  if (!hasProfile) return program;
  return program.option(
    '--profile <name>',
    'a group of settings of that file (FLEETGAUGE_PROFILE); before the command where that has a --profile too',
  );
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
