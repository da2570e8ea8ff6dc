import { openToken, sealToken } from '../fleet/page-token.ts';
import { maxResults } from './aggregated-list.ts';
import { parseComputeFilter } from './compute-filter.ts';
import { invalidField } from './errors.ts';
import { checkParams, textParam } from './query-params.ts';
import { regions, zones } from './zones.ts';

/** `regions.list`. @throws ApiError */
export function listRegions(params: URLSearchParams, projectId: string): string {
  checkParams(params, ['filter', 'maxResults', 'pageToken', 'returnPartialSuccess', 'orderBy']);
  const filter = textParam(params, 'filter');
  const base = `https://www.googleapis.com/compute/v1/projects/${projectId}`;
  const passes = parseComputeFilter(filter, ['id', 'name', 'status', 'description']);
  const all = regions.map((name, i) => ({
    kind: 'compute#region',
    id: String(1000 + i * 10),
    creationTimestamp: '1969-12-31T16:00:00.000-08:00',
    name,
    description: name,
    status: 'UP',
    zones: zones.filter(({ region }) => region === name).map((zone) => `${base}/zones/${zone.name}`),
    selfLink: `${base}/regions/${name}`,
  }));
  const key = `${projectId}/regions/${filter ?? ''}`;
  const token = textParam(params, 'pageToken') || undefined;
  const [start] = token === undefined ? [0] : (openToken(key, token) ?? []);
  if (start === undefined)
    throw invalidField('pageToken', token ?? '', 'The page token is not valid for this request.');
  const passing = all.filter(passes);
  const end = start + maxResults(params);
  return JSON.stringify({
    kind: 'compute#regionList',
    id: `projects/${projectId}/regions`,
    items: passing.slice(start, end),
    ...(end < passing.length ? { nextPageToken: sealToken(key, [end]) } : {}),
    selfLink: `${base}/regions`,
  });
}
