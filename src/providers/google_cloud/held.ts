import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { endingCount, endingOf } from './endings.ts';
import type { GoogleResource } from './resource.ts';

/** So many are packed together: each takes some 100 bytes then, instead of 1,400. */
const packSize = 128;

/** By the last two digits of ids, two and two. */
const binCount = 50;

interface Bin {
  packed: Buffer[];
  loose: GoogleResource[];
}

/** Resources that wait until all of their project are known. Where they are many, they are packed. */
export class Held {
  /** By ending. */
  readonly counts = new Uint32Array(endingCount);
  readonly #bins = Array.from({ length: binCount }, (): Bin => ({ packed: [], loose: [] }));
  readonly #mostLoose: number;
  #count = 0;

  constructor(mostLoose: number) {
    this.#mostLoose = mostLoose;
  }

  get count(): number {
    return this.#count;
  }

  add(resource: GoogleResource): void {
    const ending = endingIn(resource);
    this.counts[ending] = (this.counts[ending] ?? 0) + 1;
    this.#count++;
    const bin = this.#bins[Math.floor((ending * binCount) / endingCount)];
    bin?.loose.push(resource);
    if (bin === undefined || this.#count <= this.#mostLoose || bin.loose.length < packSize) return;
    bin.packed.push(deflateRawSync(JSON.stringify(bin.loose), { level: 1 }));
    bin.loose = [];
  }

  /** In the order of their endings; they are let go of. */
  *take(): Generator<GoogleResource> {
    for (const bin of this.#bins) {
      const resources = [...bin.packed.flatMap(unpack), ...bin.loose];
      [bin.packed, bin.loose] = [[], []];
      const byEnding = [...Map.groupBy(resources, endingIn)].sort(([a], [b]) => a - b);
      for (const [, own] of byEnding) yield* own;
    }
  }
}

/** Where its time series have no name there are none, and it does not matter. */
export function endingIn({ series: [name] }: Pick<GoogleResource, 'series'>): number {
  return endingOf(name?.id ?? '');
}

function unpack(packed: Buffer): readonly GoogleResource[] {
  return JSON.parse(inflateRawSync(packed).toString());
}
