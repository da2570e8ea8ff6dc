/** A dynamic layout of Cloudforet, as far as it is drawn here; of all others the raw form is kept. */
export type Layout =
  | { readonly kind: 'item'; readonly name: string; readonly fields: readonly Field[] }
  | { readonly kind: 'list'; readonly name: string; readonly layouts: readonly Layout[] }
  | { readonly kind: 'unknown'; readonly name: string; readonly type: string; readonly raw: unknown };

export interface Field {
  readonly name: string;
  readonly type: string;
  /** From the record's root. */
  readonly key: string;
}

/**
 * The layouts that a record carries: at `metadata.view` as a plugin writes them, or one level down as an inventory of
 * Cloudforet keeps them, by plugin or by provider.
 */
export function layoutsOf(metadata: Readonly<Record<string, unknown>>): readonly Layout[] {
  return [metadata, ...Object.values(metadata)].flatMap((holder) => {
    const layouts = valueAt(holder, 'view.sub_data.layouts');
    return Array.isArray(layouts) ? layouts.map(readLayout) : [];
  });
}

function readLayout(raw: unknown): Layout {
  const { name = '', type = '', options } = isObject(raw) ? raw : {};
  const title = String(name);
  if (type === 'list' && isObject(options) && Array.isArray(options.layouts)) {
    return { kind: 'list', name: title, layouts: options.layouts.map(readLayout) };
  }
  if (type === 'item' && isObject(options) && Array.isArray(options.fields)) {
    const root = typeof options.root_path === 'string' ? `${options.root_path}.` : '';
    const fields = options.fields.map((field) => readField(field, root));
    if (fields.every((field) => field !== undefined)) return { kind: 'item', name: title, fields };
  }
  return { kind: 'unknown', name: title, type: String(type), raw };
}

function readField(raw: unknown, root: string): Field | undefined {
  if (!isObject(raw) || typeof raw.key !== 'string') return undefined;
  return { name: String(raw.name ?? raw.key), type: String(raw.type ?? 'text'), key: root + raw.key };
}

/** What a dotted path leads to; undefined where it leads nowhere. */
export function valueAt(from: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((value, part) => (isObject(value) ? value[part] : undefined), from);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
