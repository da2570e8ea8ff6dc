import type { Json, JsonObject } from './json.ts';
import { maxDepth } from './limits.ts';
import { malformed, Source } from './source.ts';

/**
 * A google.protobuf.Struct as a plain object. A NaN or infinite number, which JSON has not got, comes as null; of a key that
 * is there twice the last one counts; `__proto__` is a key like others.
 *
 * @throws CollectError `invalid_input` if the bytes are no Struct, nest past 32 levels or hold over 33 million values
 */
export function decodeStruct(bytes: Uint8Array, start = 0, end = bytes.length): JsonObject {
  return readStruct(opened(bytes, start, end), end, 1);
}

/** As `decodeStruct`, for google.protobuf.ListValue. */
export function decodeList(bytes: Uint8Array, start = 0, end = bytes.length): Json[] {
  return readList(opened(bytes, start, end), end, 1);
}

/** As `decodeStruct`, for google.protobuf.Value. */
export function decodeValue(bytes: Uint8Array, start = 0, end = bytes.length): Json {
  return readValue(opened(bytes, start, end), end, 0);
}

function opened(bytes: Uint8Array, start: number, end: number): Source {
  if (end > bytes.length) throw malformed('holds a part longer than itself');
  return new Source(bytes, start);
}

function readStruct(source: Source, end: number, depth: number): JsonObject {
  if (depth > maxDepth) throw malformed(`nests deeper than ${maxDepth} levels`);
  const object: Record<string, Json> = {};
  while (source.at < end) {
    const tag = source.varint(end);
    if (tag === 0x0a) readEntry(source, source.block(end), depth, object);
    else source.skip(tag, end);
  }
  return object;
}

function readEntry(source: Source, end: number, depth: number, object: Record<string, Json>): void {
  let key = '';
  let value: Json = null;
  source.countValue();
  while (source.at < end) {
    const tag = source.varint(end);
    if (tag === 0x0a) key = source.text(end);
    else if (tag === 0x12) value = readValue(source, source.block(end), depth);
    else source.skip(tag, end);
  }
  if (key !== '__proto__') object[key] = value;
  else Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });
}

function readList(source: Source, end: number, depth: number): Json[] {
  if (depth > maxDepth) throw malformed(`nests deeper than ${maxDepth} levels`);
  const items: Json[] = [];
  while (source.at < end) {
    const tag = source.varint(end);
    if (tag === 0x0a) {
      source.countValue();
      items.push(readValue(source, source.block(end), depth));
    } else source.skip(tag, end);
  }
  return items;
}

/** A Value that says nothing is null. */
function readValue(source: Source, end: number, depth: number): Json {
  let value: Json = null;
  while (source.at < end) {
    const tag = source.varint(end);
    switch (tag) {
      case 0x08:
        source.bool(end);
        value = null;
        break;
      case 0x11:
        value = finite(source.double(end));
        break;
      case 0x1a:
        value = source.text(end);
        break;
      case 0x20:
        value = source.bool(end);
        break;
      case 0x2a:
        value = readStruct(source, source.block(end), depth + 1);
        break;
      case 0x32:
        value = readList(source, source.block(end), depth + 1);
        break;
      default:
        source.skip(tag, end);
    }
  }
  return value;
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
