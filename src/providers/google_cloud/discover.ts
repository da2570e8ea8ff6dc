import { CollectError } from '#model/errors.ts';
import { serverType } from '#model/resource-type.ts';
import { type TypeId, typeIds } from './catalog.ts';
import { listDatabases } from './databases.ts';
import type { DiscoveryContext } from './discovery-context.ts';
import { listDisks } from './disks.ts';
import { listInstances } from './instances.ts';
import { inParts } from './parts.ts';
import { projectByProject } from './project-by-project.ts';
import type { Project } from './projects.ts';
import type { GoogleResource } from './resource.ts';

/** Where to look, and for how long. */
export interface Discovery extends DiscoveryContext {
  readonly projects: readonly Project[];
  /** Whether the metrics of other projects are told by the same place. */
  readonly scoped: boolean;
  readonly signal: AbortSignal;
}

const listings: Readonly<Record<TypeId, (discovery: Discovery) => AsyncGenerator<GoogleResource[]>>> = {
  [serverType]: ({ projects, scoped, signal, ...context }) =>
    inParts(
      projectByProject(projects, (project) => listInstances(context, project, signal), signal),
      scoped,
    ),
  cloud_sql_instance: ({ rest, projects, scoped, signal }) =>
    projectByProject(projects, (project) => listDatabases(rest, project, scoped, signal), signal),
  persistent_disk: ({ rest, projects, scoped, signal }) =>
    inParts(
      projectByProject(projects, (project) => listDisks(rest, project, signal), signal),
      scoped,
    ),
};

/**
 * The resources of projects, each once, type by type, in parts that can be asked for by themselves. Free.
 *
 * @throws CollectError the first one, where a project or a zone could not be looked into, after all that could
 */
export async function* listResources(discovery: Discovery, types: readonly string[]): AsyncGenerator<GoogleResource[]> {
  let failure: CollectError | undefined;
  for (const typeId of typeIds) {
    if (!types.includes(typeId)) continue;
    try {
      yield* listings[typeId](discovery);
    } catch (caught) {
      const error = CollectError.from(caught);
      if (discovery.signal.aborted) throw error;
      failure ??= error;
    }
  }
  if (failure !== undefined) throw failure;
}
