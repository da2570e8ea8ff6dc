import { writeFile } from 'node:fs/promises';
import { crc32, deflateSync, inflateSync } from 'node:zlib';

/**
 * Writes a picture of a screen in 256 colours at most, which is a third of its size: the commonest ones stay as they are, every
 * other pixel takes the nearest of them. https://www.w3.org/TR/png-3/
 *
 * @param png 8 bits a channel, RGB or RGBA, not interlaced: what Chromium makes
 */
export async function savePalettePng(png: Uint8Array, path: string): Promise<void> {
  const { width, height, pixels } = pixelsOf(Buffer.from(png));
  const { palette, indexOf } = paletteOf(pixels);
  const lines = Buffer.alloc(height * (width + 1));
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      lines[row * (width + 1) + 1 + column] = indexOf(pixels[row * width + column] ?? 0);
    }
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, indexedColour, 0, 0, 0], 8);
  const colours = Buffer.from(palette.flatMap((colour) => [colour >> 16, (colour >> 8) & 255, colour & 255]));
  await writeFile(
    path,
    Buffer.concat([
      signature,
      chunk('IHDR', header),
      chunk('PLTE', colours),
      chunk('IDAT', deflateSync(lines, { level: 9 })),
      chunk('IEND', Buffer.alloc(0)),
    ]),
  );
}

const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const indexedColour = 3;
const mostColours = 256;

interface Pixels {
  readonly width: number;
  readonly height: number;
  /** `0xrrggbb`, row by row. */
  readonly pixels: Uint32Array;
}

/** @throws Error where it is another kind of PNG */
function pixelsOf(png: Buffer): Pixels {
  const [width, height] = [png.readUInt32BE(16), png.readUInt32BE(20)];
  const [depth, colour, , , interlace] = png.subarray(24, 29);
  const channels = colour === 6 ? 4 : 3;
  if (depth !== 8 || interlace !== 0 || (colour !== 2 && colour !== 6)) throw new Error('no picture of a screen');
  const data = unfiltered(inflateSync(Buffer.concat(dataOf(png))), width * channels, height, channels);
  const pixels = new Uint32Array(width * height);
  for (let at = 0; at < pixels.length; at++) pixels[at] = data.readUIntBE(at * channels, 3);
  return { width, height, pixels };
}

function dataOf(png: Buffer): Buffer[] {
  const found: Buffer[] = [];
  for (let at = signature.length; at < png.length; ) {
    const length = png.readUInt32BE(at);
    if (png.toString('latin1', at + 4, at + 8) === 'IDAT') found.push(png.subarray(at + 8, at + 8 + length));
    at += length + 12;
  }
  return found;
}

/** Each line says how it was made easier to compress; this takes it back. */
function unfiltered(lines: Buffer, lineBytes: number, height: number, channels: number): Buffer {
  const out = Buffer.alloc(lineBytes * height);
  for (let row = 0; row < height; row++) {
    const filter = lines[row * (lineBytes + 1)] ?? 0;
    for (let at = 0; at < lineBytes; at++) {
      const here = row * lineBytes + at;
      const left = at < channels ? 0 : (out[here - channels] ?? 0);
      const above = row === 0 ? 0 : (out[here - lineBytes] ?? 0);
      const corner = at < channels || row === 0 ? 0 : (out[here - lineBytes - channels] ?? 0);
      out[here] = (lines[row * (lineBytes + 1) + 1 + at] ?? 0) + predicted(filter, left, above, corner);
    }
  }
  return out;
}

function predicted(filter: number, left: number, above: number, corner: number): number {
  switch (filter) {
    case 1:
      return left;
    case 2:
      return above;
    case 3:
      return (left + above) >> 1;
    case 4: {
      const [toLeft, toAbove, toCorner] = [above - corner, left - corner, left + above - 2 * corner].map(Math.abs);
      if (toLeft === undefined || toAbove === undefined || toCorner === undefined) return 0;
      if (toLeft <= toAbove && toLeft <= toCorner) return left;
      return toAbove <= toCorner ? above : corner;
    }
    default:
      return 0;
  }
}

function paletteOf(pixels: Uint32Array): { readonly palette: readonly number[]; indexOf(colour: number): number } {
  const counts = new Map<number, number>();
  for (const colour of pixels) counts.set(colour, (counts.get(colour) ?? 0) + 1);
  const palette = [...counts]
    .sort((a, b) => b[1] - a[1])
    .slice(0, mostColours)
    .map(([colour]) => colour);
  const known = new Map(palette.map((colour, index) => [colour, index]));
  return {
    palette,
    indexOf(colour) {
      const index = known.get(colour) ?? nearest(palette, colour);
      known.set(colour, index);
      return index;
    },
  };
}

function nearest(palette: readonly number[], colour: number): number {
  const distances = palette.map((one) => {
    const [red, green, blue] = [16, 8, 0].map((shift) => ((one >> shift) & 255) - ((colour >> shift) & 255));
    return (red ?? 0) ** 2 + (green ?? 0) ** 2 + (blue ?? 0) ** 2;
  });
  return distances.indexOf(Math.min(...distances));
}

function chunk(type: string, data: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const out = Buffer.alloc(named.length + 8);
  out.writeUInt32BE(data.length, 0);
  named.copy(out, 4);
  out.writeUInt32BE(crc32(named), named.length + 4);
  return out;
}
