import { z } from 'zod';
import { CollectError } from '#model/errors.ts';
import type { Credentials } from './credentials.ts';
import type { Rest } from './rest.ts';

/** A project that is to be looked at. */
export interface Project {
  readonly id: string;
  /** As errors call it: `projects/123`. Absent where it was named and not found. */
  readonly name?: string;
}

const Page = z.object({
  projects: z
    .array(z.object({ name: z.string(), projectId: z.string(), state: z.string().default('ACTIVE') }))
    .default([]),
  nextPageToken: z.string().optional(),
});

/**
 * The projects that a secret opens: those that it names, or else all that can be found; where that is refused, the one that
 * the credentials are of. Sorted by id.
 *
 * @throws CollectError `access_denied` where none is known
 */
export async function projectsOf(
  named: readonly string[],
  { project: own, principal }: Credentials,
  rest: Rest,
  signal: AbortSignal,
): Promise<Project[]> {
  if (named.length > 0) return [...new Set(named)].sort().map((id) => ({ id }));
  try {
    const found = await searchProjects(rest, signal);
    if (found.length > 0) return found;
  } catch (caught) {
    const error = CollectError.from(caught);
    if (error.code !== 'access_denied' || own === undefined) throw error;
  }
  if (own !== undefined) return [{ id: own }];
  throw new CollectError('access_denied', `${principal} sees no project`, {
    fix: 'grant roles/compute.viewer and roles/monitoring.viewer on the projects, or name them by --project',
  });
}

async function searchProjects(rest: Rest, signal: AbortSignal): Promise<Project[]> {
  const found: Project[] = [];
  let pageToken: string | undefined;
  do {
    const page = await rest(
      {
        api: 'resourcemanager:projects.search',
        service: 'resourceManager',
        path: '/v3/projects:search',
        query: { query: 'state:ACTIVE', pageSize: '500', pageToken },
        reply: Page,
      },
      signal,
    );
    for (const { name, projectId, state } of page.projects) if (state === 'ACTIVE') found.push({ id: projectId, name });
    pageToken = page.nextPageToken || undefined;
  } while (pageToken !== undefined);
  return found.sort((a, b) => (a.id < b.id ? -1 : 1));
}
