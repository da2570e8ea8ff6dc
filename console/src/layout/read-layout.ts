import { type Field, readField } from './read-field.ts';
import { type Dictionary, isDictionary, own, pathOf, textOf, valueAt } from './value-path.ts';

/** What every layout has. */
interface Titled {
  readonly name: string;
  readonly translation?: string;
}

type Path = readonly string[];

/** A dynamic layout of Cloudforet. Paths lead from what the layout is drawn of; of types that nobody knows the raw form is kept. */
export type Layout = Titled &
  (
    | { readonly kind: 'item'; readonly path: Path; readonly fields: readonly Field[] }
    | { readonly kind: 'list'; readonly layouts: readonly Layout[] }
    | TableLayout
    | { readonly kind: 'raw'; readonly path: Path }
    | { readonly kind: 'html'; readonly path: Path }
    | { readonly kind: 'markdown'; readonly path: Path; readonly markdown: unknown }
    | { readonly kind: 'popup'; readonly layout: Layout }
    | { readonly kind: 'unknown'; readonly type: string; readonly raw: unknown }
  );

export interface TableLayout extends Titled {
  readonly kind: 'table';
  readonly path: Path;
  /** Each row is the whole with one item of the list in the place of the list; else it is the item. */
  readonly isUnwound: boolean;
  /** Where there are none, they are the keys of the rows. */
  readonly fields: readonly Field[];
  readonly sort?: { readonly key: string; readonly isDescending: boolean };
  readonly hasSearch: boolean;
}

/**
 * The layouts that a record carries: at `metadata.view` as a plugin writes them, or one level down as an inventory of
 * Cloudforet keeps them, by plugin or by provider.
 */
export function layoutsOf(metadata: Dictionary): readonly Layout[] {
  return [metadata, ...Object.values(metadata)].flatMap((holder) => {
    const layouts = valueAt(holder, ['view', 'sub_data', 'layouts']);
    return Array.isArray(layouts) ? layouts.map((raw) => readLayout(raw)) : [];
  });
}

/** Deeper than any that is meant to be read. */
const maxDepth = 8;

/** @param root what the paths of the layout begin with: the `root_path` of the list that it is in */
export function readLayout(raw: unknown, root: Path = [], depth = 0): Layout {
  const type = textOf(own(raw, 'type')) ?? '';
  const given = own(raw, 'options');
  const options = isDictionary(given) ? given : {};
  const titled = titleOf(raw, options);
  const form = depth < maxDepth ? formOf(type, options, root, depth) : undefined;
  return form === undefined ? { ...titled, kind: 'unknown', type, raw } : { ...titled, ...form };
}

function titleOf(raw: unknown, options: Dictionary): Titled {
  const translation = textOf(own(options, 'translation_id'));
  return { name: textOf(own(raw, 'name')) ?? '', ...(translation === undefined ? {} : { translation }) };
}

type Form = Layout extends infer Each ? (Each extends unknown ? Omit<Each, keyof Titled> : never) : never;

/** Undefined where the options are not those of the type. */
function formOf(type: string, options: Dictionary, root: Path, depth: number): Form | undefined {
  const path = [...root, ...pathOf(textOf(own(options, 'root_path')) ?? '')];
  switch (type) {
    case 'item': {
      const fields = fieldsOf(options, path);
      return fields && { kind: 'item', path, fields };
    }
    case 'list': {
      const layouts = own(options, 'layouts');
      if (!Array.isArray(layouts)) return undefined;
      return { kind: 'list', layouts: layouts.map((inner) => readLayout(inner, path, depth + 1)) };
    }
    case 'simple-table':
    case 'table':
    case 'query-search-table':
      return tableOf(options, root, path, type !== 'simple-table');
    case 'raw-table': {
      const headers = own(options, 'headers');
      const names = Array.isArray(headers) ? headers.flatMap((header) => textOf(header) ?? []) : [];
      return { kind: 'table', path, isUnwound: false, fields: names.map(columnOf), hasSearch: hasSearch(options) };
    }
    case 'raw':
    case 'html':
      return { kind: type, path };
    case 'markdown':
      return { kind: 'markdown', path, markdown: own(options, 'markdown') };
    case 'popup': {
      const layout = own(options, 'layout');
      return layout === undefined ? undefined : { kind: 'popup', layout: readLayout(layout, root, depth + 1) };
    }
    default:
      return undefined;
  }
}

/** A `root_path` has precedence over a path to unwind, as in Cloudforet's console. */
function tableOf(options: Dictionary, root: Path, path: Path, canSearch: boolean): Form | undefined {
  const unwind = textOf(valueAt(options, ['unwind', 'path'])) ?? '';
  const isUnwound = unwind !== '' && textOf(own(options, 'root_path')) === undefined;
  const fields = fieldsOf(options, isUnwound ? root : []);
  const key = textOf(valueAt(options, ['default_sort', 'key']));
  return (
    fields && {
      kind: 'table',
      path: isUnwound ? [...root, ...pathOf(unwind)] : path,
      isUnwound,
      fields,
      ...(key === undefined
        ? {}
        : { sort: { key, isDescending: valueAt(options, ['default_sort', 'desc']) !== false } }),
      hasSearch: canSearch && hasSearch(options),
    }
  );
}

function hasSearch(options: Dictionary): boolean {
  return own(options, 'disable_search') !== true;
}

/** A column of a key, whatever dots are in it. */
export function columnOf(key: string): Field {
  return { name: key, type: 'text', path: [key], options: {} };
}

function fieldsOf(options: Dictionary, root: Path): readonly Field[] | undefined {
  const raw = own(options, 'fields') ?? [];
  const fields = Array.isArray(raw) ? raw.map((field) => readField(field, root)) : [undefined];
  return fields.every((field) => field !== undefined) ? fields : undefined;
}
