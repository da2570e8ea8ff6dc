import { openToken, sealToken } from '../fleet/page-token.ts';
import { parseComputeFilter, type ResourceJson } from './compute-filter.ts';
import { ApiError } from './errors.ts';
import { checkParams, textParam } from './query-params.ts';
import { regions, type Zone, zones } from './zones.ts';

/** What is listed: numbered places in each zone, and in each region where it can be of one, each holding one resource or none. */
export interface Listing {
  /** As the items' lists are called: `instances`. */
  readonly plural: string;
  readonly kind: string;
  /** Fields that a filter may name. */
  readonly fields: readonly string[];
  places(zone: Zone): number;
  at(zone: Zone, place: number): ResourceJson | undefined;
  readonly regional?: {
    places(region: string): number;
    at(region: string, place: number): ResourceJson | undefined;
  };
}

/** A zone or a region. */
interface Scope {
  /** `zones/<zone>` or `regions/<region>`. */
  readonly name: string;
  readonly lost: boolean;
  readonly places: number;
  at(place: number): ResourceJson | undefined;
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
 * An `aggregatedList` method: a page of a project's resources by zone (and region). Every page names every one of them, with a
 * warning where it has nothing of it.
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
  const scopes = scopesOf(listing, lost);
  const { found, next } = collect(scopes, passes, startOf(params, key), maxResults(params));
  return JSON.stringify({
    kind: listing.kind,
    id: `projects/${projectId}/aggregated/${listing.plural}`,
    items: Object.fromEntries(
      scopes.map((scope) => [scope.name, scopeJson(listing, scope, found.get(scope.name) ?? [])]),
    ),
    ...(next === undefined ? {} : { nextPageToken: sealToken(key, next) }),
    ...(lost.length === 0 ? {} : { unreachables: lost.map(({ name }) => `zones/${name}`) }),
    selfLink: `https://www.googleapis.com/compute/v1/projects/${projectId}/aggregated/${listing.plural}`,
  });
}

function scopesOf({ places, at, regional }: Listing, lost: readonly Zone[]): readonly Scope[] {
  const ofRegions = (regional === undefined ? [] : regions).map((region) => ({
    name: `regions/${region}`,
    lost: false,
    places: regional?.places(region) ?? 0,
    at: (place: number) => regional?.at(region, place),
  }));
  const ofZones = zones.map((zone) => ({
    name: `zones/${zone.name}`,
    lost: lost.includes(zone),
    places: places(zone),
    at: (place: number) => at(zone, place),
  }));
  return [...ofRegions, ...ofZones];
}

/** Where a page begins: a scope, by its number, and a place in it. */
type Position = readonly [scope: number, place: number];

/** Goes on from `start` until there are `size` resources, and says where the next page begins. */
function collect(
  scopes: readonly Scope[],
  passes: (resource: ResourceJson) => boolean,
  [firstScope, firstPlace]: Position,
  size: number,
): { found: ReadonlyMap<string, readonly ResourceJson[]>; next?: Position } {
  const found = new Map<string, ResourceJson[]>();
  let count = 0;
  for (const [n, { name, lost, places, at }] of scopes.entries()) {
    if (n < firstScope || lost) continue;
    const items: ResourceJson[] = [];
    found.set(name, items);
    for (let place = n === firstScope ? firstPlace : 0; place < places; place++) {
      const item = at(place);
      if (item === undefined || !passes(item)) continue;
      if (count === size) return { found, next: [n, place] };
      items.push(item);
      count++;
    }
  }
  return { found };
}

function scopeJson({ plural }: Listing, { name: scope, lost }: Scope, items: readonly ResourceJson[]): ResourceJson {
  if (items.length > 0) return { [plural]: items };
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
  const [scope, place] = token === undefined ? [0, 0] : (openToken(key, token) ?? []);
  if (scope !== undefined && place !== undefined) return [scope, place];
  const message = `Invalid value for field 'pageToken': '${token}'. The page token is not valid for this request.`;
  throw new ApiError('INVALID_ARGUMENT', message, { reason: 'invalid' });
}
