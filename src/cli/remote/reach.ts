import type { Command } from 'commander';
import { CollectError } from '#model/errors.ts';
import type { GlobalFlags } from '../global-flags.ts';
import { type Origin, originOf, origins } from '../settings.ts';

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
 * The server that a command is to ask, as it is given; undefined where it is to look into the store here. What comes first is meant: the
 * command line, a variable, the profile, the rest of the file; of one of these, the server.
 *
 * @throws CollectError `invalid_input` where the command line names both, or a variable one and the chosen profile the other
 */
export function chosenServer(command: Command): string | undefined {
  const { server = process.env.FLEETGAUGE_SERVER } = command.optsWithGlobals<GlobalFlags>();
  const asked = originOf(command, 'server');
  if (!server || asked === undefined) return undefined;
  const store = namedStore(command);
  if (store === undefined) return server;
  const { name, origin } = store;
  if (twoPlaces.has(`${asked} ${origin}`)) {
    throw new CollectError('invalid_input', `${saidBy(asked, 'server')} and ${saidBy(origin, name)} name two places`, {
      fix: 'leave one of them out, or say which is meant by --server, --data or --database',
    });
  }
  return origins.indexOf(origin) < origins.indexOf(asked) ? undefined : server;
}

/** Where a server and a store are named so, nobody can tell which is meant. */
const twoPlaces: ReadonlySet<string> = new Set(['option option', 'variable profile', 'profile variable']);

/** What names a store, before all else that does. */
function namedStore(command: Command): { readonly name: 'data' | 'database'; readonly origin: Origin } | undefined {
  for (const origin of origins)
    for (const name of ['data', 'database'] as const) if (originOf(command, name) === origin) return { name, origin };
  return undefined;
}

function saidBy(origin: Origin, name: string): string {
  if (origin === 'variable') return `FLEETGAUGE_${name.toUpperCase()}`;
  return origin === 'option' ? `--${name}` : `the ${name} of the ${origin}`;
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
      where: withoutUser(server),
      fix:
        originOf(command, 'server') === 'option'
          ? 'run it on that machine, or leave out --server to run it here'
          : 'run it on that machine, or name the store that is meant here by --data <folder> or --database <url>',
    },
  );
}

/** `account add aws` */
function wordsOf(command: Command): string[] {
  const words: string[] = [];
  for (let at = command; at.parent !== null; at = at.parent) words.unshift(at.name());
  return words;
}

/** An address to be shown: who is to sign in, and by which password, is nobody's to read. */
export function withoutUser(address: string): string {
  return address.replace(/^([a-z][a-z\d+.-]*:\/\/)?.*@/is, '$1');
}
