import { z } from 'zod';
import { CollectError } from '#model/errors.ts';
import { knownProviders } from '#providers/registry.ts';
import type { Account } from '#store/accounts.ts';
import type { FormField, SignInForm } from './account-api.ts';
import { signInForm } from './sign-in-form.ts';

const Fields = z.record(z.string(), z.unknown());
export type Fields = z.infer<typeof Fields>;

/** What of the secret of an account can be given anew. */
export interface Replaceable {
  /** Where its way in is in the secret: `from`. */
  readonly choice: string | null;
  readonly fields: readonly FormField[];
  /** The one field that has to be given. */
  readonly secret: FormField;
  /** What there is of the fields that may stay as it is. */
  readonly kept: Fields;
}

/** Undefined where an account has no secret of its own. @param stored the secret that it has */
export async function replaceableOf(
  account: Pick<Account, 'provider'>,
  stored: unknown,
): Promise<Replaceable | undefined> {
  const { choice, fields } = await wayOf(account, stored);
  const secrets = fields.filter(({ is_secret, is_required }) => is_secret && is_required);
  const [secret] = secrets;
  if (secret === undefined || secrets.length > 1) return undefined;
  const before = choice === null ? Fields.parse(stored) : Fields.parse(Fields.parse(stored)[choice]);
  // What belonged to the old secret alone, such as a session token, goes with it.
  const kept = Object.fromEntries(
    Object.entries(before).filter(([name]) => !fields.some((field) => field.is_secret && nameOf(field) === name)),
  );
  return { choice, fields, secret, kept };
}

/** What the provider's `parseSecret` takes. @param given by the names of fields */
export function withNewSecret(stored: unknown, { choice, kept }: Replaceable, given: Fields): unknown {
  const after = { ...kept, ...given };
  return choice === null ? after : { ...Fields.parse(stored), [choice]: after };
}

/**
 * The same with what was sent: the fields that are new, where they are in the secret.
 *
 * @throws CollectError `invalid_input` for a field that is none, or where the secret is missing
 */
export async function withSentSecret(account: Account, stored: unknown, sent: Fields): Promise<unknown> {
  const replaceable = await replaceableOf(account, stored);
  if (replaceable === undefined) throw nothingToReplace(account);
  const { choice, fields, secret } = replaceable;
  const { kind: _, ...given } = choice === null ? sent : (Fields.safeParse(sent[choice]).data ?? {});
  const unknown = Object.keys(given).find((name) => !fields.some((field) => nameOf(field) === name));
  if (unknown !== undefined) throw new CollectError('invalid_input', 'is no field of its secret', { where: unknown });
  if (given[nameOf(secret)] === undefined)
    throw new CollectError('invalid_input', 'the new secret is missing', { where: secret.path });
  return withNewSecret(stored, replaceable, given);
}

export function nothingToReplace({ name }: Pick<Account, 'name'>): CollectError {
  return new CollectError('invalid_input', 'this account has no secret of its own that could be replaced', {
    where: name,
    fix: `where its cloud keeps the credentials, change them there; else: fleetgauge account rm ${name}, then account add`,
  });
}

/** How an account gets in, without what is secret. */
export interface WayIn {
  /** Of `SignInForm.ways`; null where there are none. */
  readonly way: string | null;
  readonly fields: readonly { readonly path: string; readonly value: string }[];
}

/** @param stored the secret of the account @param hint of its key, which stands for the whole of it */
export async function wayInOf(
  account: Pick<Account, 'provider'>,
  stored: unknown,
  hint: string | undefined,
): Promise<WayIn> {
  const form = await formOf(account);
  if (form === undefined) return { way: null, fields: [] };
  const { choice, ways } = form;
  const kind = choice === null ? undefined : kindOf(stored, choice);
  const way = ways.find(
    (each) =>
      (each.kind ?? each.id) === kind &&
      (each.is_recommended !== true ||
        each.fields.every(({ path, is_required }) => !is_required || textAt(stored, path) !== undefined)),
  );
  const fields = [...(way?.fields ?? []), ...form.fields];
  const shown = new Map(
    fields.flatMap(({ path, is_secret }): [string, string][] => {
      const value = is_secret ? undefined : textAt(stored, path);
      if (value === undefined) return [];
      return [[path, hint !== undefined && value.endsWith(hint) ? `****${hint}` : value]];
    }),
  );
  return { way: way?.id ?? null, fields: [...shown].map(([path, value]) => ({ path, value })) };
}

/** What is there, in a word; undefined for what is left empty, or is no plain value. */
function textAt(stored: unknown, path: string): string | undefined {
  let value: unknown = stored;
  for (const name of path.split('.'))
    value = Array.isArray(value) ? value[Number(name)] : Fields.safeParse(value).data?.[name];
  if (Array.isArray(value)) return value.length === 0 ? undefined : value.map(String).join(', ');
  if (typeof value === 'string') return value === '' ? undefined : value;
  return typeof value === 'number' || value === true ? String(value) : undefined;
}

/** The fields of the way by which an account signs in, and where they are in its secret. */
async function wayOf(
  account: Pick<Account, 'provider'>,
  stored: unknown,
): Promise<Pick<Replaceable, 'choice' | 'fields'>> {
  const { choice = null, ways = [] } = (await formOf(account)) ?? {};
  if (choice === null) return { choice, fields: [] };
  const kind = kindOf(stored, choice);
  return { choice, fields: ways.find(({ id }) => id === kind)?.fields ?? [] };
}

async function formOf({ provider }: Pick<Account, 'provider'>): Promise<SignInForm | undefined> {
  const signIn = knownProviders().find(({ id }) => id === provider)?.signIn;
  const schema = await signIn?.schema?.();
  return schema === undefined ? undefined : signInForm(schema, signIn?.recommended);
}

function kindOf(stored: unknown, choice: string): unknown {
  return Fields.parse(Fields.parse(stored)[choice]).kind;
}

/** `from.accessKeyId` → `accessKeyId` */
export function nameOf({ path }: FormField): string {
  return path.split('.').at(-1) ?? path;
}
