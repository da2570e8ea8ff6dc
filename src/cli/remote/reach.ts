import type { Command } from 'commander';
import { CollectError } from '#model/errors.ts';
import type { GlobalFlags } from '../global-flags.ts';

/** Commands that ask a server, where one is chosen; by their words. */
const asking: readonly string[] = [
  'account list',
  'audit',
  'collect',
  'errors',
  'estimate',
  'export',
  'job cancel',
  'job list',
  'job retry',
  'job show',
  'job start',
  'job watch',
  'rightsizing list',
  'rightsizing show',
  'server history',
  'server list',
  'server show',
  'server top',
  'source list',
  'source test',
  'status',
];

/** Those that have to do with no store, neither here nor elsewhere: by their first word, with all below it. */
const storeless: readonly string[] = [
  '__complete',
  'completion',
  'config',
  'demo-cloud',
  'help',
  'init',
  'login',
  'logout',
  'metadata',
  'provider',
  'version',
];

/**
 * The server that a command is to ask, as it is given; undefined where it is to look into the store here. A store that is named on the
 * command line comes before a server that is not.
 *
 * @throws CollectError `invalid_input` where both are named there
 */
export function chosenServer(command: Command): string | undefined {
  const { server } = command.optsWithGlobals<GlobalFlags>();
  const chosen = server ?? process.env.FLEETGAUGE_SERVER;
  if (!chosen) return undefined;
  const store = (['data', 'database'] as const).find((name) => isTyped(command, name));
  if (store === undefined) return chosen;
  if (!isTyped(command, 'server')) return undefined;
  throw new CollectError('invalid_input', `--server and --${store} name two places`, { fix: 'leave one of them out' });
}

/** What cannot be asked of a server is never done here in its place. @throws CollectError `invalid_input` */
export function refuseElsewhere(command: Command): void {
  const [first = '', ...rest] = wordsOf(command);
  const words = [first, ...rest].join(' ');
  if (storeless.includes(first) || asking.includes(words)) return;
  const server = chosenServer(command);
  if (server === undefined) return;
  throw new CollectError(
    'invalid_input',
    `'${words}' runs only beside its data folder, and cannot be asked of a server`,
    {
      where: server,
      fix: isTyped(command, 'server')
        ? 'run it on that machine, or leave out --server to run it here'
        : 'run it on that machine, or name the store that is meant here by --data <folder> or --database <url>',
    },
  );
}

function isTyped(command: Command, name: string): boolean {
  return command.getOptionValueSourceWithGlobals(name) === 'cli';
}

/** `account add aws` */
function wordsOf(command: Command): string[] {
  const words: string[] = [];
  for (let at = command; at.parent !== null; at = at.parent) words.unshift(at.name());
  return words;
}
