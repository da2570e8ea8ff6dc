/** Longest text, in bytes, that is worth remembering: keys, ids, states, units. */
export const rememberedBytes = 32;

interface Remembered {
  readonly bytes: Uint8Array;
  readonly text: string;
}

const slots: (Remembered | undefined)[] = new Array(4096).fill(undefined);

/**
 * The ASCII text of a few bytes. What repeats, and keys do in every message, is found again byte by byte in a table of
 * fixed size and not made anew.
 *
 * @returns undefined where a byte is not ASCII
 */
export function shortText(bytes: Buffer, start: number, end: number): string | undefined {
  let hash = end - start;
  for (let at = start; at < end; at++) {
    const byte = bytes[at] as number;
    if (byte >= 0x80) return undefined;
    hash = (Math.imul(hash, 31) + byte) | 0;
  }
  const slot = (hash ^ (hash >>> 12)) & 4095;
  const known = slots[slot];
  if (known !== undefined && equals(known.bytes, bytes, start, end)) return known.text;
  const text = bytes.toString('latin1', start, end);
  slots[slot] = { bytes: Uint8Array.prototype.slice.call(bytes, start, end), text };
  return text;
}

function equals(known: Uint8Array, bytes: Buffer, start: number, end: number): boolean {
  if (known.length !== end - start) return false;
  for (let at = 0; at < known.length; at++) if (known[at] !== bytes[start + at]) return false;
  return true;
}
