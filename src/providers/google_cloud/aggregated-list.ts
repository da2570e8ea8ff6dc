import { z } from 'zod';
import { CollectError } from '#model/errors.ts';
import type { Api } from './catalog.ts';
import { ServiceDisabledError } from './errors.ts';
import type { Project } from './projects.ts';
import type { Rest } from './rest.ts';

/** What Compute Engine lists over all zones of a project. */
export interface AggregatedListing<T> {
  readonly api: Api;
  /** `instances`, as in the path and the answer. */
  readonly plural: string;
  /** Of a resource, what is asked for: instances bring startup scripts and keys. */
  readonly fields: string;
  /** Of a zone's or a region's part of an answer. */
  readonly scope: z.ZodType<{ readonly rows: readonly T[]; readonly warning?: z.infer<typeof Warning> | undefined }>;
}

export const Warning = z.object({ code: z.string(), message: z.string().default('') });

/** Resources of one zone, or of a region where they belong to no zone. */
export interface ScopePage<T> {
  readonly region: string;
  readonly zone?: string;
  readonly rows: readonly T[];
}

/**
 * The resources of a project, each once, up to 500 a page. Free. A zone that cannot be looked into does not end the others: it
 * is told of after their pages.
 *
 * @throws CollectError
 */
export async function* aggregatedList<T extends { readonly id: string }>(
  rest: Rest,
  project: Project,
  listing: AggregatedListing<T>,
  signal: AbortSignal,
): AsyncGenerator<ScopePage<T>> {
  const seen = new Set<string>();
  const unreachable = new Map<string, string>();
  let pageToken: string | undefined;
  do {
    const page = await readPage(rest, project, listing, pageToken, signal);
    if (page === undefined) return;
    for (const [scope, { rows: listed, warning }] of Object.entries(page.items)) {
      if (warning !== undefined && warning.code !== 'NO_RESULTS_ON_PAGE')
        unreachable.set(scope.replace(/^\w+\//, ''), warning.message || warning.code);
      const rows = listed.filter(({ id }) => isNew(id, seen));
      if (rows.length > 0) yield { ...placeOf(scope), rows };
    }
    pageToken = page.nextPageToken || undefined;
  } while (pageToken !== undefined);
  if (unreachable.size > 0) throw unreachableZones(unreachable, listing.api, project.id);
}

/** Undefined where Compute Engine was never switched on in a project that was merely found: it has nothing of it then. */
async function readPage<T>(
  rest: Rest,
  { id, name }: Project,
  { api, plural, fields, scope }: AggregatedListing<T>,
  pageToken: string | undefined,
  signal: AbortSignal,
) {
  try {
    return await rest(
      {
        api,
        service: 'compute',
        path: `/compute/v1/projects/${id}/aggregated/${plural}`,
        query: {
          maxResults: '500',
          returnPartialSuccess: 'true',
          fields: `items/*/warning(code,message),items/*/${plural}(${fields}),nextPageToken`,
          pageToken,
        },
        reply: z.object({ items: z.record(z.string(), scope).default({}), nextPageToken: z.string().optional() }),
        where: id,
      },
      signal,
    );
  } catch (caught) {
    // The API that is off may also be that of the project whose account asks: then nothing is known.
    if (caught instanceof ServiceDisabledError && name !== undefined && caught.consumer === name) return undefined;
    throw caught;
  }
}

/** Pages are not a snapshot: a resource may come on two of them. */
function isNew(id: string, seen: Set<string>): boolean {
  if (seen.has(id)) return false;
  seen.add(id);
  return true;
}

/** `zones/us-central1-a`, `regions/us-central1`. */
function placeOf(scope: string): { readonly region: string; readonly zone?: string } {
  const [kind, name = ''] = scope.split('/');
  return kind === 'zones' ? { zone: name, region: name.replace(/-[a-z]$/, '') } : { region: name };
}

function unreachableZones(zones: ReadonlyMap<string, string>, api: string, project: string): CollectError {
  const [first] = zones.values();
  return new CollectError(
    'unavailable',
    `${api}: ${zones.size === 1 ? 'a zone' : `${zones.size} zones`} could not be looked into: ${first}`,
    {
      where: [...zones.keys()].map((zone) => `${project}/${zone}`).join(', '),
      fix: 'run `fleetgauge collect` again later',
    },
  );
}
