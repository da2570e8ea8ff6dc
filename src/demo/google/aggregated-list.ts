import { openToken, sealToken } from '../fleet/page-token.ts';
import { parseComputeFilter, type ResourceJson } from './compute-filter.ts';
import { ApiError } from './errors.ts';
import { checkParams, textParam } from './query-params.ts';
import { type Zone, zones } from './zones.ts';

/** What is listed: numbered places in each zone, each holding one resource or none. */
export interface Listing {
  /** As the items' lists are called: `instances`. */
  readonly plural: string;
  readonly kind: string;
  /** Fields that a filter may name. */
  readonly fields: readonly string[];
  places(zone: Zone): number;
  at(zone: Zone, place: number): ResourceJson | undefined;
}

/** What an aggregated list method needs to answer. */
export interface AggregatedCall {
  readonly params: URLSearchParams;
  readonly projectId: string;
  readonly unreachable: (zone: Zone) => boolean;
}

/** Most results a page, and the number when none is asked for. */
const mostResults = 500;

const ownParams = [
  ...['filter', 'maxResults', 'pageToken', 'orderBy', 'returnPartialSuccess', 'includeAllScopes'],
  'serviceProjectNumber',
];

/**
 * An `aggregatedList` method: a page of a project's resources by zone. Every page names every zone, with a warning where it
 * has nothing of it.
 *
 * @throws ApiError
 */
export function aggregatedList({ params, projectId, unreachable }: AggregatedCall, listing: Listing): string {
  checkParams(params, ownParams);
  const filter = textParam(params, 'filter');
  const lost = zones.filter(unreachable);
  if (lost.length > 0 && textParam(params, 'returnPartialSuccess') !== 'true') {
    const message = `The following zones are unreachable: ${lost.map(({ name }) => name).join(', ')}.`;
    throw new ApiError('UNAVAILABLE', message, { reason: 'backendError' });
  }
  const key = `${projectId}/${listing.plural}/${filter ?? ''}`;
  const passes = parseComputeFilter(filter, listing.fields);
  const { found, next } = collect(listing, lost, passes, startOf(params, key), maxResults(params));
  return JSON.stringify({
    kind: listing.kind,
    id: `projects/${projectId}/aggregated/${listing.plural}`,
    items: Object.fromEntries(
      zones.map((zone) => [`zones/${zone.name}`, scopeJson(listing, zone, found.get(zone) ?? [], lost.includes(zone))]),
    ),
    ...(next === undefined ? {} : { nextPageToken: sealToken(key, next) }),
    ...(lost.length === 0 ? {} : { unreachables: lost.map(({ name }) => `zones/${name}`) }),
    selfLink: `https://www.googleapis.com/compute/v1/projects/${projectId}/aggregated/${listing.plural}`,
  });
}

/** Where a page begins: a zone, by its number, and a place in it. */
type Position = readonly [zone: number, place: number];

/** Goes on from `start` until there are `size` resources, and says where the next page begins. */
function collect(
  listing: Listing,
  lost: readonly Zone[],
  passes: (resource: ResourceJson) => boolean,
  [firstZone, firstPlace]: Position,
  size: number,
): { found: ReadonlyMap<Zone, readonly ResourceJson[]>; next?: Position } {
  const found = new Map<Zone, ResourceJson[]>();
  let count = 0;
  for (const [z, zone] of zones.entries()) {
    if (z < firstZone || lost.includes(zone)) continue;
    const items: ResourceJson[] = [];
    found.set(zone, items);
    for (let place = z === firstZone ? firstPlace : 0; place < listing.places(zone); place++) {
      const item = listing.at(zone, place);
      if (item === undefined || !passes(item)) continue;
      if (count === size) return { found, next: [z, place] };
      items.push(item);
      count++;
    }
  }
  return { found };
}

function scopeJson({ plural }: Listing, { name }: Zone, items: readonly ResourceJson[], lost: boolean): ResourceJson {
  if (items.length > 0) return { [plural]: items };
  const scope = `zones/${name}`;
  const [code, message] = lost
    ? ['UNREACHABLE', `The scope '${scope}' is unreachable.`]
    : ['NO_RESULTS_ON_PAGE', `There are no results for scope '${scope}' on this page.`];
  return { warning: { code, message, data: [{ key: 'scope', value: scope }] } };
}

/** The page size of a Compute Engine list: 1 to 500; 0 is as if absent. @throws ApiError */
export function maxResults(params: URLSearchParams): number {
  const text = textParam(params, 'maxResults') ?? '0';
  const size = Number(text);
  if (Number.isInteger(size) && size >= 0 && size <= mostResults) return size === 0 ? mostResults : size;
  const message = `Invalid value for field 'maxResults': '${text}'. Must be between 0 and ${mostResults}, inclusive`;
  throw new ApiError('INVALID_ARGUMENT', message, { reason: 'invalid' });
}

function startOf(params: URLSearchParams, key: string): Position {
  const token = textParam(params, 'pageToken') || undefined;
  const [zone, place] = token === undefined ? [0, 0] : (openToken(key, token) ?? []);
  if (zone !== undefined && place !== undefined) return [zone, place];
  const message = `Invalid value for field 'pageToken': '${token}'. The page token is not valid for this request.`;
  throw new ApiError('INVALID_ARGUMENT', message, { reason: 'invalid' });
}
