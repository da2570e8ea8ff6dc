import { CollectError } from '#model/errors.ts';
import { canAsk } from './say.ts';

const variable = 'FLEETGAUGE_PASSWORD';

/** A new password: from standard input, `FLEETGAUGE_PASSWORD`, or typed in twice. @throws CollectError `invalid_input` */
export async function askNewPassword(name: string, fromStdin: boolean): Promise<string> {
  if (fromStdin) return firstLine(process.stdin);
  const set = process.env[variable];
  if (set) return set;
  if (!canAsk()) {
    throw new CollectError('invalid_input', 'the password is missing', {
      where: name,
      fix: `set ${variable}, or pipe it in with --password-stdin`,
    });
  }
  const typed = await typeSecret(`Password of ${name} (12 characters or more)`);
  if (typed === (await typeSecret('Once more'))) return typed;
  throw new CollectError('invalid_input', 'the passwords differ', { where: name });
}

/** Typed in, and not shown. @throws CollectError `cancelled` */
export async function typeSecret(message: string): Promise<string> {
  const { isCancel, password } = await import('@clack/prompts');
  const typed = await password({ message, output: process.stderr });
  if (isCancel(typed)) throw new CollectError('cancelled', 'nothing was given');
  return typed;
}

export async function firstLine(stream: NodeJS.ReadStream): Promise<string> {
  const text = (await stream.setEncoding('utf8').toArray()).join('');
  return text.split(/\r?\n/)[0] ?? '';
}
