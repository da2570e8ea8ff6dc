import { CollectError } from '#model/errors.ts';
import type { Account } from '#store/accounts.ts';
import type { FormField } from '../server/account-api.ts';
import { type Fields, nameOf, nothingToReplace, replaceableOf, withNewSecret } from '../server/new-secret.ts';
import { typeSecret } from './ask-password.ts';
import { canAsk } from './say.ts';

const variable = 'FLEETGAUGE_SECRET';

/** What the command line says of it: never the secret itself. */
export interface NewSecretFlags {
  /** `accessKeyId=AKIA…` */
  readonly set: readonly string[];
  readonly secretStdin?: boolean;
}

/**
 * What the provider's `parseSecret` takes: as it was, but for the secret, and for what goes with it.
 *
 * @param stored the secret that the account has
 * @throws CollectError `invalid_input` where the account has none of its own, or nobody can be asked for it
 */
export async function askNewSecret(account: Account, stored: unknown, flags: NewSecretFlags): Promise<unknown> {
  const replaceable = await replaceableOf(account, stored);
  if (replaceable === undefined) throw nothingToReplace(account);
  const { fields, secret, kept } = replaceable;
  const others = fields.filter(({ is_secret }) => !is_secret);
  const given = parseSet(flags.set, others);
  const isTyped = flags.secretStdin !== true && !process.env[variable] && canAsk();
  const asked = isTyped ? await askOthers(others, { ...kept, ...given }, given) : given;
  const text = await secretText(secret, flags.secretStdin === true);
  return withNewSecret(stored, replaceable, {
    ...asked,
    [nameOf(secret)]: secret.kind === 'json' ? parseJson(text) : text,
  });
}

/** @throws CollectError `invalid_input` for a field that is none, or that is secret */
function parseSet(set: readonly string[], fields: readonly FormField[]): Fields {
  return Object.fromEntries(
    set.map((text) => {
      const [name = '', ...value] = text.split('=');
      if (fields.some((field) => nameOf(field) === name) && value.length > 0) return [name, value.join('=')];
      throw new CollectError('invalid_input', `--set: '${name}' is no field that may be given so`, {
        fix: fields.length === 0 ? 'leave it out' : `such as ${fields.map((field) => `${nameOf(field)}=…`).join(', ')}`,
      });
    }),
  );
}

/** What goes with a secret, and need not be typed again where it is the same. */
async function askOthers(fields: readonly FormField[], before: Fields, given: Fields): Promise<Fields> {
  const { isCancel, text } = await import('@clack/prompts');
  const asked: Fields = { ...given };
  for (const field of fields) {
    const name = nameOf(field);
    const value = before[name];
    if (!field.is_required || field.kind !== 'text' || name in given || typeof value !== 'string') continue;
    const typed = await text({ message: name, initialValue: value, output: process.stderr });
    if (isCancel(typed)) throw new CollectError('cancelled', 'nothing was given');
    asked[name] = typed;
  }
  return asked;
}

async function secretText(field: FormField, fromStdin: boolean): Promise<string> {
  if (fromStdin) return (await process.stdin.setEncoding('utf8').toArray()).join('').trim();
  const set = process.env[variable];
  if (set) return set;
  if (canAsk()) return typeSecret(nameOf(field));
  throw new CollectError('invalid_input', `the new ${nameOf(field)} is missing`, {
    fix: `set ${variable}, or pipe it in with --secret-stdin`,
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new CollectError('invalid_input', 'the new secret is no JSON');
  }
}
