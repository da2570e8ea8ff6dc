import { batchSize } from './catalog.ts';
import { allEndings, type Endings, endingOf, evenRuns } from './endings.ts';
import { endingIn, Held } from './held.ts';
import type { GoogleResource, Part, SeriesName } from './resource.ts';

/**
 * Puts resources together to parts that can be asked for by themselves, a page each: a project that fits one, or else those in it
 * whose ids end alike, of all zones. What is apart comes last. What came before an error is still yielded.
 *
 * @param pages those of a project one after the other
 * @param scoped whether the place that is asked may tell of other projects too
 */
export async function* inParts(
  pages: AsyncIterable<readonly GoogleResource[]>,
  scoped: boolean,
  size = batchSize,
): AsyncGenerator<GoogleResource[]> {
  let failure: { readonly error: unknown } | undefined;
  const apart: GoogleResource[] = [];
  let project: string | undefined;
  let held = new Held(size);
  try {
    for await (const page of pages) {
      for (const resource of page) {
        if (resource.part.isApart) {
          apart.push(resource);
          continue;
        }
        if (resource.account !== project) {
          yield* partsOf(held, projectPart(project, scoped), apart, size);
          held = new Held(size);
          project = resource.account;
        }
        held.add(resource);
      }
    }
  } catch (error) {
    failure = { error };
  }
  yield* partsOf(held, projectPart(project, scoped), apart, size);
  for (let at = 0; at < apart.length; at += size) yield apart.slice(at, at + size);
  if (failure !== undefined) throw failure.error;
}

function projectPart(project: string | undefined, scoped: boolean): Part {
  return scoped && project !== undefined ? { project } : {};
}

function* partsOf(
  held: Held,
  project: Part,
  apart: readonly GoogleResource[],
  size: number,
): Generator<GoogleResource[]> {
  if (held.count === 0) return;
  if (held.count <= size) {
    yield inPart(held.take(), project, apart);
    return;
  }
  const resources = held.take();
  let next = resources.next();
  for (const endings of evenRuns(held.counts, size)) {
    const members: GoogleResource[] = [];
    for (; !next.done && endingIn(next.value) < endings.to; next = resources.next()) members.push(next.value);
    yield inPart(members, { ...project, endings }, apart);
  }
}

/** @param apart resources that are asked for by their ids, and come with the part too where they are in it */
export function inPart(
  resources: Iterable<GoogleResource>,
  place: Part,
  apart: readonly GoogleResource[] = [],
): GoogleResource[] {
  const held: Record<string, number> = {};
  const ids = new Set<string>();
  const hold = (zone: string, { id, ofId = 1 }: SeriesName) => {
    if (!ids.has(id)) held[zone] = (held[zone] ?? 0) + ofId;
    ids.add(id);
  };
  const part = { ...place, held };
  const members = Array.from(resources, (resource) => {
    for (const name of resource.series) hold(resource.zone ?? '', name);
    return { ...resource, part };
  });
  const account = members[0]?.account;
  for (const { series } of apart.filter((each) => each.account === account))
    for (const name of series) if (isAmong(name.id, place.endings)) hold('', name);
  return members;
}

function isAmong(id: string, { from, to }: Endings = allEndings): boolean {
  const ending = endingOf(id);
  return from <= ending && ending < to;
}
