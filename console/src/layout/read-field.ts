import { type Dictionary, isDictionary, own, pathOf, textOf } from './value-path.ts';

/** A value of a record, and how it is shown. */
export interface Field {
  readonly name: string;
  readonly type: string;
  readonly path: readonly string[];
  readonly options: Dictionary;
  readonly reference?: Reference;
}

/** The value names another resource. */
export interface Reference {
  readonly type: string;
  /** What of the resource it is; its id where absent. */
  readonly key?: string;
}

/** @param root what its path begins with */
export function readField(raw: unknown, root: readonly string[]): Field | undefined {
  const type = textOf(own(raw, 'type')) ?? 'text';
  const key = textOf(own(raw, 'key'));
  // What opens a layer may say no more than its name.
  if (!isDictionary(raw) || (key === undefined && type !== 'more')) return undefined;
  const given = own(raw, 'options');
  const options = isDictionary(given) ? given : {};
  const depth = own(options, 'key_depth');
  const path = pathOf(key ?? '', typeof depth === 'number' && depth > 0 ? depth : undefined);
  const reference = referenceOf(own(raw, 'reference'));
  return {
    name: textOf(own(raw, 'name')) ?? key ?? '',
    type,
    path: [...root, ...path],
    options,
    ...(reference === undefined ? {} : { reference }),
  };
}

function referenceOf(raw: unknown): Reference | undefined {
  const type = textOf(own(raw, 'resource_type'));
  const key = textOf(own(raw, 'reference_key'));
  return type === undefined ? undefined : { type, ...(key === undefined ? {} : { key }) };
}
