import { create, fromJson, type JsonObject as ReferenceObject, toBinary } from '@bufbuild/protobuf';
import { ListValueSchema, StructSchema } from '@bufbuild/protobuf/wkt';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CollectError } from '#model/errors.ts';
import { decodeList, decodeStruct, decodeValue } from './decode.ts';
import { encodeStruct, withList, withValue } from './encode.ts';
import type { Json, JsonObject } from './json.ts';
import { maxDepth } from './limits.ts';
import { makeStatic } from './static-tree.ts';

const text = () =>
  fc.oneof(
    fc.string(),
    fc.string({ unit: 'binary' }),
    fc.string({ minLength: 40, maxLength: 60 }),
    fc.constantFrom('', 'id', '\u{1f600}'),
  );

const number = () => fc.double({ noNaN: true, noDefaultInfinity: true });

const { object } = fc.letrec<{ json: Json; object: JsonObject }>((tie) => ({
  json: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constant(null),
    fc.boolean(),
    number(),
    text(),
    fc.array(tie('json')),
    tie('object'),
  ),
  object: fc.dictionary(text(), tie('json'), { noNullPrototype: true }),
}));

/** protobuf-es, which writes an object's keys in the same order as we do. */
function reference(value: JsonObject): Uint8Array {
  return toBinary(StructSchema, fromJson(StructSchema, value as ReferenceObject));
}

function nested(levels: number): JsonObject {
  let tree: JsonObject = {};
  for (let level = 1; level < levels; level++) tree = { in: tree };
  return tree;
}

function refusal(act: () => unknown): CollectError {
  try {
    act();
  } catch (caught) {
    if (caught instanceof CollectError) return caught;
    throw caught;
  }
  throw new Error('nothing was refused');
}

describe('encodeStruct', () => {
  it('writes what protobuf-es writes, byte for byte', () =>
    fc.assert(
      fc.property(object, (value) => {
        expect(Buffer.from(encodeStruct(value)).equals(reference(value))).toBe(true);
      }),
    ));

  it('is undone by decodeStruct', () =>
    fc.assert(
      fc.property(object, (value) => {
        expect(decodeStruct(encodeStruct(value))).toStrictEqual(value);
      }),
    ));

  it.each([
    { name: 'a text of 70 KB', value: { a: 'ü'.repeat(35_000) } },
    { name: 'a text at the short path’s edge', value: { [`${'k'.repeat(48)}`]: 'v'.repeat(47) } },
    { name: 'minus zero', value: { a: -0 } },
    { name: 'all 32 levels', value: nested(maxDepth) },
    { name: 'a value past the first buffer', value: { a: Array.from({ length: 20_000 }, (_, index) => index) } },
  ])('carries $name', ({ value }) => {
    expect(decodeStruct(encodeStruct(value))).toStrictEqual(value);
    expect(Buffer.from(encodeStruct(value)).equals(reference(value))).toBe(true);
  });

  it('has a key called __proto__ like any other', () => {
    const value = JSON.parse('{"__proto__":{"admin":true},"a":1}');
    const back = decodeStruct(encodeStruct(value));
    expect(Object.getOwnPropertyDescriptor(back, '__proto__')?.value).toEqual({ admin: true });
    expect(back.admin).toBeUndefined();
  });

  it('leaves out what is undefined, and makes it null in a list', () => {
    expect(decodeStruct(encodeStruct({ a: undefined, b: [undefined, 1] }))).toStrictEqual({ b: [null, 1] });
  });

  it('replaces a lone surrogate', () => {
    expect(decodeStruct(encodeStruct({ a: '\ud800' }))).toEqual({ a: '\ufffd' });
  });

  it.each([
    { name: 'NaN', value: { a: { b: [1, Number.NaN] } }, path: '$.a.b[1]' },
    { name: 'infinity', value: { a: Number.POSITIVE_INFINITY }, path: '$.a' },
    { name: 'a Date', value: { at: new Date(0) }, path: '$.at' },
    { name: 'a Map', value: { at: new Map() }, path: '$.at' },
    { name: 'a bigint', value: { n: [1n] }, path: '$.n[0]' },
    { name: 'a function', value: { f: () => 1 }, path: '$.f' },
    { name: 'a level too many', value: nested(maxDepth + 1), path: `$${'.in'.repeat(maxDepth)}` },
  ])('refuses $name and says where', ({ value, path }) => {
    expect(refusal(() => encodeStruct(value))).toMatchObject({ code: 'invalid_input', where: path });
  });

  it('refuses an object that holds itself', () => {
    const loop: Record<string, unknown> = {};
    loop.self = loop;
    expect(refusal(() => encodeStruct(loop)).code).toBe('invalid_input');
  });

  it('survives a getter that encodes', () => {
    const value = {
      before: 'x',
      get inner() {
        return [...encodeStruct({ a: 'other' })].length;
      },
      after: 'y',
    };
    expect(decodeStruct(encodeStruct(value))).toEqual({
      before: 'x',
      inner: encodeStruct({ a: 'other' }).length,
      after: 'y',
    });
  });
});

describe('a static tree', () => {
  it('is written as any other, and again the same', () =>
    fc.assert(
      fc.property(object, (tree) => {
        const plain = encodeStruct({ a: tree, b: [tree] });
        const frozen = makeStatic(structuredClone(tree));
        expect(encodeStruct({ a: frozen, b: [frozen] })).toEqual(plain);
        expect(encodeStruct({ a: frozen, b: [frozen] })).toEqual(plain);
      }),
    ));

  it('cannot be changed to its leaves', () => {
    const tree = makeStatic({ a: { b: [{ c: 1 }] } });
    expect(() => Object.assign(tree.a.b[0] ?? {}, { c: 2 })).toThrow(TypeError);
  });

  it('counts its levels where it is put', () => {
    const tree = makeStatic(nested(maxDepth));
    expect(refusal(() => encodeStruct({ tree })).code).toBe('invalid_input');
  });
});

describe('decodeStruct', () => {
  it('reads any bytes, or refuses them as invalid input', () =>
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        for (const decode of [decodeStruct, decodeList, decodeValue]) onlyRefusals(() => decode(bytes));
      }),
      { numRuns: 2000 },
    ));

  it('reads what was damaged, or refuses it', () =>
    fc.assert(
      fc.property(
        object,
        fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 4 }),
        fc.nat(),
        (value, edits, cut) => {
          const bytes = encodeStruct(value);
          for (const [at, byte] of edits) if (bytes.length > 0) bytes[at % bytes.length] = byte;
          onlyRefusals(() => decodeStruct(bytes.subarray(0, bytes.length - (cut % 3))));
        },
      ),
      { numRuns: 2000 },
    ));

  it.each([
    { name: 'a length past the end', hex: '0aff7f' },
    { name: 'a length of 4 GiB', hex: '0affffffff0f' },
    { name: 'an endless number', hex: '0affffffffffffffffffffff' },
    { name: 'a text that is not UTF-8', hex: '0a080a01611203 1a01ff'.replace(' ', '') },
    { name: 'a key that is not UTF-8', hex: '0a030a01c0' },
    { name: 'a group', hex: '0b0c' },
    { name: 'a field without a number', hex: '0200' },
    { name: 'half a double', hex: '0a0712051100000000' },
  ])('refuses $name', ({ hex }) => {
    expect(refusal(() => decodeStruct(Buffer.from(hex, 'hex'))).code).toBe('invalid_input');
  });

  it('refuses a level too many before it has built it', () => {
    let bytes = Buffer.alloc(0);
    for (let level = 0; level < 100; level++) {
      const size = (content: Buffer) => Buffer.concat([Buffer.from(varint(content.length)), content]);
      bytes = Buffer.concat([
        Buffer.from([0x0a]),
        size(Buffer.concat([Buffer.from([0x12]), size(Buffer.concat([Buffer.from([0x2a]), size(bytes)]))])),
      ]);
    }
    expect(refusal(() => decodeStruct(bytes)).message).toContain('deeper than 32 levels');
  });

  it('passes over fields that it does not know', () => {
    const known = Buffer.from(encodeStruct({ a: 1 }));
    const unknown = Buffer.from('10ff01' + '1d00000000' + '210000000000000000' + '2a0161', 'hex');
    expect(decodeStruct(Buffer.concat([unknown, known, unknown]))).toEqual({ a: 1 });
  });

  it('has null for numbers that JSON has not got', () => {
    const bytes = withValue(1, Buffer.from);
    bytes.writeDoubleLE(Number.NaN, 1);
    expect(decodeValue(bytes)).toBeNull();
  });

  it('takes a plain Uint8Array that begins within its buffer', () => {
    const bytes = encodeStruct({ a: 'b' });
    const shifted = new Uint8Array(bytes.length + 3);
    shifted.set(bytes, 3);
    expect(decodeStruct(shifted.subarray(3))).toEqual({ a: 'b' });
  });
});

it('a list is what protobuf-es makes of it', () => {
  const items = [1, 'a', null, true, { b: [] }];
  const bytes = withList(items, Buffer.from);
  expect(bytes).toEqual(Buffer.from(toBinary(ListValueSchema, fromJson(ListValueSchema, items))));
  expect(decodeList(bytes)).toEqual(items);
  expect(toBinary(ListValueSchema, create(ListValueSchema)).length).toBe(withList([], ({ length }) => length));
});

function onlyRefusals(act: () => unknown): void {
  try {
    act();
  } catch (caught) {
    expect(caught).toBeInstanceOf(CollectError);
    expect(caught).toMatchObject({ code: 'invalid_input' });
  }
}

function varint(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...varint(value >>> 7)];
}
