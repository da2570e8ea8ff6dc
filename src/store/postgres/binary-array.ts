/** What elements can be: the number that PostgreSQL has for the type, and what stands before each of them. */
const elements = { jsonb: { oid: 3802, version: [1] }, bytea: { oid: 17, version: [] } } as const;

/** Dimensions, whether there are nulls, type of the elements; then length and first index of the one dimension. */
const headBytes = 20;

/**
 * A list as PostgreSQL receives it in its binary form: as text, each quotation mark of a record would be escaped and each byte of
 * a day be two digits, here and there.
 */
export function binaryArray(type: keyof typeof elements, items: readonly (string | Uint8Array)[]): Buffer {
  const { oid, version } = elements[type];
  const encoded = items.map((item) => (typeof item === 'string' ? Buffer.from(item) : item));
  const size = encoded.reduce((sum, item) => sum + 4 + version.length + item.length, headBytes);
  const array = Buffer.allocUnsafe(size);
  let at = 0;
  for (const number of [1, 0, oid, items.length, 1]) at = array.writeInt32BE(number, at);
  for (const item of encoded) {
    at = array.writeInt32BE(version.length + item.length, at);
    for (const byte of version) at = array.writeUInt8(byte, at);
    array.set(item, at);
    at += item.length;
  }
  return array;
}
