import type { Resource } from '#model/resource.ts';
import type { Engine, TypeId } from './catalog.ts';
import type { Endings } from './endings.ts';

/** A resource with what its measurement plan depends on. */
export interface GoogleResource extends Resource {
  readonly typeId: TypeId;
  /** What its time series are called: one name, but for disks, which have one for each VM that they are attached to. */
  readonly series: readonly SeriesName[];
  /** Reports its memory without an agent. */
  readonly hasBalloon?: boolean;
  /** Of a database. */
  readonly engine?: Engine;
  readonly part: Part;
}

/** What tells the time series of a resource from others of its type, within a project. */
export interface SeriesName {
  /** Of a VM the numeric id, since a name may be given again; of a database `<project>:<instance>`. */
  readonly id: string;
  /** What a VM calls the disk. */
  readonly part?: string;
  /** How many there are of this id, this one among them: who asks for the id gets all. One where absent. */
  readonly ofId?: number;
}

/** A part of what a fleet holds that can be asked for by itself, small enough for one batch: a project, or those in it whose ids end alike. */
export interface Part {
  /** Where several projects are asked for at once. */
  readonly project?: string;
  readonly endings?: Endings;
  /** How many time series its resources have, by zone (`''` where that is not known), whoever asks for which. */
  readonly held?: Readonly<Record<string, number>>;
  /** It is in no such part, and asked for by its ids. */
  readonly isApart?: true;
}

/** What series are called where they are read, which may be of several projects. */
export function seriesIdsOf(
  { account, series }: Pick<GoogleResource, 'account' | 'series'>,
  { scoped }: { readonly scoped: boolean },
): string[] {
  return series.map((name) => seriesIdOf(name, scoped ? account : undefined));
}

export function seriesIdOf({ id, part }: SeriesName, project: string | undefined): string {
  const own = part === undefined ? id : `${id}/${part}`;
  return project === undefined ? own : `${project}/${own}`;
}

/** How many series there are of these resources. */
export function seriesIn(resources: readonly Pick<GoogleResource, 'series'>[]): number {
  return resources.reduce((sum, { series }) => sum + series.length, 0);
}
