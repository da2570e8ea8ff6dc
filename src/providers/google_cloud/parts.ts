import { batchSize } from './catalog.ts';
import type { GoogleResource, Part } from './resource.ts';

/** Resources on their way to a part. */
interface Piece {
  readonly resources: readonly GoogleResource[];
  /** Absent where no part was small enough yet. */
  readonly part?: Part;
}

/**
 * Puts resources together to parts that can be asked for by themselves, a page each: a project that fits one, or else its
 * zones, and a zone that is too large by the ends of its ids. What is apart comes last. What came before an error is still
 * yielded.
 *
 * @param pages those of a project one after the other, and within it those of a zone
 * @param scoped whether the place that is asked may tell of other projects too
 */
export async function* inParts(
  pages: AsyncIterable<readonly GoogleResource[]>,
  scoped: boolean,
  size = batchSize,
): AsyncGenerator<GoogleResource[]> {
  let failure: { readonly error: unknown } | undefined;
  const apart: GoogleResource[] = [];
  async function* untilFailure() {
    try {
      for await (const page of pages) {
        const own = page.filter(({ part }) => !part.isApart);
        apart.push(...page.filter(({ part }) => part.isApart));
        if (own.length > 0) yield own;
      }
    } catch (error) {
      failure = { error };
    }
  }
  const project = ({ account }: GoogleResource): Part => (scoped ? { project: account } : {});
  const zone = (resource: GoogleResource): Part => ({ ...project(resource), zone: resource.zone ?? '' });
  const pieces = gather(gather(zonesOf(untilFailure()), project, size), zone, size);
  for await (const { resources, part } of pieces) {
    if (part !== undefined) yield inPart(resources, part);
    else yield* byEndings(resources, zone, size);
  }
  for (let at = 0; at < apart.length; at += size) yield apart.slice(at, at + size);
  if (failure !== undefined) throw failure.error;
}

/** A piece for each zone. */
async function* zonesOf(pages: AsyncIterable<readonly GoogleResource[]>): AsyncGenerator<Piece> {
  let resources: GoogleResource[] = [];
  for await (const page of pages) {
    const [last] = resources.slice(-1);
    const [first] = page;
    if (last !== undefined && (first?.zone !== last.zone || first?.account !== last.account)) {
      yield { resources };
      resources = [];
    }
    resources.push(...page);
  }
  if (resources.length > 0) yield { resources };
}

/** Joins the pieces of a part, if together they are no more than `size`; others go on as they are. */
async function* gather(
  pieces: AsyncIterable<Piece>,
  partOf: (resource: GoogleResource) => Part,
  size: number,
): AsyncGenerator<Piece> {
  let name: string | undefined;
  let held: Piece[] = [];
  let count = 0;
  for await (const piece of pieces) {
    const own = piece.part === undefined ? nameOf(piece, partOf) : undefined;
    if (own !== name) {
      if (held.length > 0) yield joined(held, partOf);
      [name, held, count] = [own, [], 0];
    }
    count += piece.resources.length;
    if (own !== undefined && count <= size) held.push(piece);
    else {
      yield* held;
      held = [];
      yield piece;
    }
  }
  if (held.length > 0) yield joined(held, partOf);
}

function nameOf({ resources: [first] }: Piece, partOf: (resource: GoogleResource) => Part): string {
  return first === undefined ? '' : JSON.stringify(partOf(first));
}

function joined(pieces: readonly Piece[], partOf: (resource: GoogleResource) => Part): Piece {
  const resources = pieces.flatMap((piece) => piece.resources);
  const [first] = resources;
  return { resources, part: first === undefined ? {} : partOf(first) };
}

/** Ids end in any two digits, about equally often: as few runs of endings as fit `size` each. */
function* byEndings(
  resources: readonly GoogleResource[],
  partOf: (resource: GoogleResource) => Part,
  size: number,
): Generator<GoogleResource[]> {
  const byEnding = Map.groupBy(resources, ({ series: [name] }) => (name?.id ?? '').slice(-2).padStart(2, '0'));
  let endings: string[] = [];
  let held: GoogleResource[] = [];
  for (const [ending, own] of [...byEnding].sort(([a], [b]) => a.localeCompare(b))) {
    const [first] = held;
    if (first !== undefined && held.length + own.length > size) {
      yield inPart(held, { ...partOf(first), endings });
      [endings, held] = [[], []];
    }
    endings.push(ending);
    held = held.concat(own);
  }
  const [first] = held;
  if (first !== undefined) yield inPart(held, { ...partOf(first), endings });
}

function inPart(resources: readonly GoogleResource[], part: Part): GoogleResource[] {
  return resources.map((resource) => ({ ...resource, part }));
}
