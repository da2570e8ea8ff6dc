/** Bytes that come in pieces of any length, and go in others. */
export class Pieces {
  readonly #pieces: Uint8Array[] = [];
  length = 0;

  add(bytes: Uint8Array): void {
    this.#pieces.push(bytes);
    this.length += bytes.length;
  }

  /** What is within one piece is not copied. @param length as many as there are, at most */
  take(length: number): Uint8Array {
    const parts: Uint8Array[] = [];
    let missing = length;
    while (missing > 0) {
      const piece = this.#pieces.shift();
      if (piece === undefined) break;
      const part = piece.subarray(0, missing);
      if (part.length < piece.length) this.#pieces.unshift(piece.subarray(part.length));
      parts.push(part);
      missing -= part.length;
    }
    this.length -= length;
    const [first, second] = parts;
    return first !== undefined && second === undefined ? first : Buffer.concat(parts);
  }
}
