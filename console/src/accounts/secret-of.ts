import type { FormField, SignInForm } from '../../../src/server/account-api.ts';

/** What was typed, by `typedKey`; a switch that is on is `true`. */
export type Typed = Readonly<Record<string, string>>;

/** What is typed for a recommended way is its own: elsewhere its fields are there as well, and empty. */
export function typedKey(form: SignInForm, way: string, path: string): string {
  const { fields = [], is_recommended: isRecommended = false } = form.ways.find(({ id }) => id === way) ?? {};
  return isRecommended && fields.some((field) => field.path === path) ? `${way}:${path}` : path;
}

/** Those of the way stand for those of every way with the same path. */
export function fieldsOf(form: SignInForm, way: string): readonly FormField[] {
  const own = form.ways.find(({ id }) => id === way)?.fields ?? [];
  return [...own, ...form.fields.filter(({ path }) => !own.some((field) => field.path === path))];
}

/**
 * Makes of a form what the provider takes; what was left empty is left out.
 *
 * @throws SyntaxError where a field that takes JSON holds none
 */
export function secretOf(form: SignInForm, way: string, typed: Typed): Readonly<Record<string, unknown>> {
  const kind = form.ways.find(({ id }) => id === way)?.kind ?? way;
  const begun = form.choice === null ? {} : { [form.choice]: { kind } };
  return secretIn(fieldsOf(form, way), (path) => typed[typedKey(form, way, path)], begun);
}

/** The same of some fields alone. @param begun what they are added to @throws SyntaxError */
export function secretIn(
  fields: readonly FormField[],
  typed: (path: string) => string | undefined,
  begun: Readonly<Record<string, unknown>> = {},
): Readonly<Record<string, unknown>> {
  const secret: Record<string, unknown> = { ...begun };
  for (const field of fields) {
    const text = typed(field.path)?.trim() ?? '';
    if (text !== '') put(secret, field.path.split('.'), typedValue(field, text));
  }
  return secret;
}

function typedValue({ kind }: FormField, text: string): unknown {
  switch (kind) {
    case 'json':
      return JSON.parse(text);
    case 'lines':
      return typedLines(text);
    case 'number':
      return Number(text);
    case 'switch':
      return text === 'true';
    default:
      return text;
  }
}

/** What a field of kind `lines` holds: spaces and commas part it as well. */
export function typedLines(text: string): readonly string[] {
  return text.split(/[\s,]+/).filter((line) => line !== '');
}

function put(into: Record<string, unknown>, [name = '', ...rest]: readonly string[], value: unknown): void {
  const [next] = rest;
  if (next === undefined) {
    into[name] = value;
    return;
  }
  if (next === '0') {
    const list = into[name];
    const first = Array.isArray(list) && isObject(list[0]) ? list[0] : {};
    into[name] = [first];
    put(first, rest.slice(1), value);
    return;
  }
  const known = into[name];
  const inner = isObject(known) ? known : {};
  into[name] = inner;
  put(inner, rest, value);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What may stay in the browser when the reader leaves. */
export function withoutSecrets(form: SignInForm, typed: Typed): Typed {
  const ofWays = form.ways.flatMap(({ id, fields }) =>
    fields.map((field) => [typedKey(form, id, field.path), field] as const),
  );
  const all = [...ofWays, ...form.fields.map((field) => [field.path, field] as const)];
  const open = new Set(all.flatMap(([key, field]) => (field.is_secret ? [] : [key])));
  return Object.fromEntries(Object.entries(typed).filter(([path]) => open.has(path)));
}
