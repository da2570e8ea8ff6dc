import type { Resource } from '#model/resource.ts';
import type { TypeId } from './catalog.ts';

/** A resource with what its measurement plan depends on. */
export interface GoogleResource extends Resource {
  readonly typeId: TypeId;
  /** What its time series call it: the numeric id, since a name may be given again. */
  readonly instanceId: string;
  /** Reports its memory without an agent. */
  readonly hasBalloon: boolean;
  readonly part: Part;
}

/**
 * A part of what a fleet holds that can be asked for by itself, small enough for one batch: a project, a zone of it, or those
 * in the zone whose ids end alike.
 */
export interface Part {
  /** Where several projects are asked for at once. */
  readonly project?: string;
  readonly zone?: string;
  /** Last two digits. */
  readonly endings?: readonly string[];
}
