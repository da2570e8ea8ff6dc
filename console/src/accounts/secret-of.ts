import type { FormField, SignInForm } from '../../../src/server/account-api.ts';

/** What was typed, by `FormField.path`; a switch that is on is `true`. */
export type Typed = Readonly<Record<string, string>>;

export function fieldsOf(form: SignInForm, way: string): readonly FormField[] {
  return [...(form.ways.find(({ id }) => id === way)?.fields ?? []), ...form.fields];
}

/**
 * Makes of a form what the provider takes; what was left empty is left out.
 *
 * @throws SyntaxError where a field that takes JSON holds none
 */
export function secretOf(form: SignInForm, way: string, typed: Typed): Readonly<Record<string, unknown>> {
  const secret: Record<string, unknown> = {};
  if (form.choice !== null) put(secret, [form.choice, 'kind'], way);
  for (const field of fieldsOf(form, way)) {
    const text = typed[field.path]?.trim() ?? '';
    if (text !== '') put(secret, field.path.split('.'), typedValue(field, text));
  }
  return secret;
}

function typedValue({ kind }: FormField, text: string): unknown {
  switch (kind) {
    case 'json':
      return JSON.parse(text);
    case 'lines':
      return text.split(/[\s,]+/).filter((line) => line !== '');
    case 'number':
      return Number(text);
    case 'switch':
      return text === 'true';
    default:
      return text;
  }
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
  const fields = [...form.ways.flatMap((way) => way.fields), ...form.fields];
  const open = new Set(fields.filter((field) => !field.is_secret).map(({ path }) => path));
  return Object.fromEntries(Object.entries(typed).filter(([path]) => open.has(path)));
}
