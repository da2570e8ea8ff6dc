import { z } from 'zod';
import { CollectError } from '#model/errors.ts';
import { knownProviders } from '#providers/registry.ts';
import type { Account } from '#store/accounts.ts';
import type { FormField } from '../server/account-api.ts';
import { signInForm } from '../server/sign-in-form.ts';
import { typeSecret } from './ask-password.ts';
import { canAsk } from './say.ts';

const variable = 'FLEETGAUGE_SECRET';

/** What the command line says of it: never the secret itself. */
export interface NewSecretFlags {
  /** `accessKeyId=AKIA…` */
  readonly set: readonly string[];
  readonly secretStdin?: boolean;
}

const Fields = z.record(z.string(), z.unknown());
type Fields = z.infer<typeof Fields>;

/**
 * What the provider's `parseSecret` takes: as it was, but for the secret, and for what goes with it.
 *
 * @param stored the secret that the account has
 * @throws CollectError `invalid_input` where the account has none of its own, or nobody can be asked for it
 */
export async function askNewSecret(account: Account, stored: unknown, flags: NewSecretFlags): Promise<unknown> {
  const { choice, fields } = wayOf(account, stored);
  const secrets = fields.filter(({ is_secret, is_required }) => is_secret && is_required);
  const [secret] = secrets;
  if (secret === undefined || secrets.length > 1) {
    throw new CollectError('invalid_input', 'this account has no secret of its own that could be replaced', {
      where: account.name,
      fix: `where its cloud keeps the credentials, change them there; else: fleetgauge account rm ${account.name}, then account add`,
    });
  }
  const all = Fields.parse(stored);
  const before = choice === null ? all : Fields.parse(all[choice]);
  // What belonged to the old secret alone, such as a session token, goes with it.
  const kept = Object.fromEntries(
    Object.entries(before).filter(([name]) => !fields.some((field) => field.is_secret && nameOf(field) === name)),
  );
  const others = fields.filter(({ is_secret }) => !is_secret);
  const given = parseSet(flags.set, others);
  const isTyped = flags.secretStdin !== true && !process.env[variable] && canAsk();
  const asked = isTyped ? await askOthers(others, { ...kept, ...given }, given) : given;
  const text = await secretText(secret, flags.secretStdin === true);
  const after = { ...kept, ...asked, [nameOf(secret)]: secret.kind === 'json' ? parseJson(text) : text };
  return choice === null ? after : { ...all, [choice]: after };
}

/** The fields of the way by which an account signs in, and where they are in its secret. */
function wayOf(account: Account, stored: unknown): { choice: string | null; fields: readonly FormField[] } {
  const schema = knownProviders()
    .find(({ id }) => id === account.provider)
    ?.signIn.schema?.();
  if (schema === undefined) return { choice: null, fields: [] };
  const { choice, ways, fields } = signInForm(schema);
  if (choice === null) return { choice, fields };
  const kind = Fields.parse(Fields.parse(stored)[choice]).kind;
  return { choice, fields: ways.find(({ id }) => id === kind)?.fields ?? [] };
}

/** `from.accessKeyId` → `accessKeyId` */
function nameOf({ path }: FormField): string {
  return path.split('.').at(-1) ?? path;
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
