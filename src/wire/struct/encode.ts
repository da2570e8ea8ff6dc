import { CollectError } from '#model/errors.ts';
import { findFlaw, isPlain } from './flaw.ts';
import { maxDepth, maxMessageBytes } from './limits.ts';
import { staticTree } from './static-tree.ts';
import { TailBuffer, TooLong } from './tail-buffer.ts';

/** Tags of google/protobuf/struct.proto: field number << 3 | wire type. */
const tag = { entry: 0x0a, key: 0x0a, entryValue: 0x12, listItem: 0x0a } as const;
const kind = { null: 0x08, number: 0x11, string: 0x1a, bool: 0x20, struct: 0x2a, list: 0x32 } as const;

/** Thrown where a Struct cannot say something; `refused` then finds out what and where. */
class Unsayable extends Error {}

/** Kept between calls up to this size, so that one giant does not stay in memory. */
const keptCapacity = 4 * 2 ** 20;

/** Taken while in use: a getter that encodes on its own gets another. */
let spare: TailBuffer | undefined = new TailBuffer(64 * 2 ** 10);

/** Is done with the bytes when it returns: the next encoding overwrites them. */
type Take<R> = (bytes: Uint8Array) => R;

/**
 * A plain object as google.protobuf.Struct. A property that is undefined is left out, an undefined list item is null.
 *
 * @throws CollectError `invalid_input` naming the path of a value that JSON has no word for (NaN, Infinity, Date, bigint,
 *   class instances), of a level past 32, or if it is longer than 256 MiB
 */
export function withStruct<R>(value: object, take: Take<R>): R {
  return encodeWith(writeFields, value, take);
}

/** As `withStruct`, for google.protobuf.ListValue. */
export function withList<R>(value: readonly unknown[], take: Take<R>): R {
  return encodeWith(writeItems, value, take);
}

/** As `withStruct`, for google.protobuf.Value. */
export function withValue<R>(value: unknown, take: Take<R>): R {
  return encodeWith((out, item) => writeValue(out, item, 0), value, take);
}

/** As `withStruct`: bytes of the caller's own. */
export function encodeStruct(value: object): Uint8Array {
  return withStruct(value, (bytes) => Uint8Array.prototype.slice.call(bytes));
}

function encodeWith<T, R>(write: (out: TailBuffer, value: T, depth: number) => void, value: T, take: Take<R>): R {
  const out = spare ?? new TailBuffer(64 * 2 ** 10);
  spare = undefined;
  out.clear();
  try {
    write(out, value, 1);
    return take(out.written);
  } catch (caught) {
    throw refused(caught, value);
  } finally {
    if (out.capacity <= keptCapacity) spare = out;
  }
}

function refused(caught: unknown, value: unknown): unknown {
  if (caught instanceof TooLong)
    return new CollectError('invalid_input', `A message is over ${maxMessageBytes} bytes.`);
  if (!(caught instanceof Unsayable)) return caught;
  const { path, what } = findFlaw(value, '$') ?? { path: '$', what: 'changed while it was encoded' };
  return new CollectError('invalid_input', `A message cannot carry ${path}: it ${what}.`, { where: path });
}

function writeFields(out: TailBuffer, object: object, depth: number): void {
  if (depth > maxDepth || !isPlain(object)) throw new Unsayable();
  const fields = object as Record<string, unknown>;
  const keys = Object.keys(fields);
  for (let index = keys.length - 1; index >= 0; index--) {
    const key = keys[index] as string;
    const value = fields[key];
    if (value === undefined) continue;
    const end = out.length;
    writeValue(out, value, depth);
    out.varint(out.length - end);
    out.byte(tag.entryValue);
    out.text(key);
    out.byte(tag.key);
    out.varint(out.length - end);
    out.byte(tag.entry);
  }
}

function writeItems(out: TailBuffer, items: readonly unknown[], depth: number): void {
  if (depth > maxDepth) throw new Unsayable();
  for (let index = items.length - 1; index >= 0; index--) {
    const end = out.length;
    writeValue(out, items[index] ?? null, depth);
    out.varint(out.length - end);
    out.byte(tag.listItem);
  }
}

/** @param depth the level that the value stands in; an object or a list opens the next */
function writeValue(out: TailBuffer, value: unknown, depth: number): void {
  if (value === null) writeNull(out);
  else if (typeof value === 'object') writeTree(out, value, depth + 1);
  else writeScalar(out, value);
}

function writeScalar(out: TailBuffer, value: unknown): void {
  if (typeof value === 'string') {
    out.text(value);
    out.byte(kind.string);
  } else if (typeof value === 'number' && Number.isFinite(value)) {
    out.double(value);
    out.byte(kind.number);
  } else if (typeof value === 'boolean') {
    out.byte(value ? 1 : 0);
    out.byte(kind.bool);
  } else throw new Unsayable();
}

function writeNull(out: TailBuffer): void {
  out.byte(0);
  out.byte(kind.null);
}

function writeTree(out: TailBuffer, tree: object, depth: number): void {
  const end = out.length;
  const known = staticTree(tree);
  if (known !== undefined) {
    if (depth + known.depth - 1 > maxDepth) throw new Unsayable();
    known.bytes ??= encodeStruct(tree);
    out.raw(known.bytes);
  } else if (Array.isArray(tree)) writeItems(out, tree, depth);
  else writeFields(out, tree, depth);
  out.varint(out.length - end);
  out.byte(Array.isArray(tree) ? kind.list : kind.struct);
}
