import type { Command } from 'commander';
import { CollectError } from '#model/errors.ts';
import { SessionReply } from '../../server/identity-api.ts';
import { firstLine, typeSecret } from '../ask-password.ts';
import type { GlobalFlags } from '../global-flags.ts';
import { connectTo, serverUrl } from '../remote/client.ts';
import { forgetToken, saveToken } from '../remote/credentials.ts';
import { chosenServer } from '../remote/reach.ts';
import { canAsk, note } from '../say.ts';

const variable = 'FLEETGAUGE_TOKEN';

export function addLoginCommand(program: Command): void {
  const command = program
    .command('login')
    .option('--token-stdin', `read the token from standard input (${variable} works too, without any login)`);
  command.action((flags: { tokenStdin?: boolean }) => login(flags.tokenStdin === true, command));
}

export function addLogoutCommand(program: Command): void {
  const command = program.command('logout');
  command.action(() => logout(command));
}

/** Keeps a token once the server has taken it. */
async function login(fromStdin: boolean, command: Command): Promise<void> {
  const url = namedServer(command);
  const token = await askToken(url, fromStdin);
  const { insecureHttp = false } = command.optsWithGlobals<GlobalFlags>();
  const { data: session } = await connectTo(url, token, { insecureHttp }).get('session', SessionReply);
  if (session.user === null) {
    throw new CollectError('secret_rejected', 'the server does not know this token', {
      where: url,
      fix: "an API key is made in the console's settings, or there by  fleetgauge user api-key create",
    });
  }
  const file = await saveToken(url, token);
  note(`Signed in to ${url} as ${session.user.name} (${session.role}); the token is in ${file}.`);
  note(`Next   fleetgauge status --server ${url}`);
}

async function logout(command: Command): Promise<void> {
  const url = namedServer(command);
  const wasThere = await forgetToken(url);
  note(
    wasThere
      ? `Forgot the token of ${url}. It is still good: take it back in the console's settings.`
      : `There was no token of ${url}.`,
  );
}

/** @throws CollectError `invalid_input` */
function namedServer(command: Command): string {
  const chosen = chosenServer(command);
  if (chosen === undefined) throw new CollectError('invalid_input', 'which server?', { fix: 'add --server https://…' });
  return serverUrl(chosen);
}

/** @throws CollectError `invalid_input` where nobody can be asked */
async function askToken(url: string, fromStdin: boolean): Promise<string> {
  if (fromStdin) return (await firstLine(process.stdin)).trim();
  const set = process.env[variable];
  if (set) return set;
  if (!canAsk()) {
    throw new CollectError('invalid_input', 'the token is missing', {
      where: url,
      fix: `pipe it in with --token-stdin, or set ${variable}`,
    });
  }
  return (await typeSecret(`Token or API key for ${url}`)).trim();
}
