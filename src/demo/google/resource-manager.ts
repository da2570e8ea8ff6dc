import { openToken, sealToken } from '../fleet/page-token.ts';
import { parseComputeFilter, type ResourceJson } from './compute-filter.ts';
import { invalidField } from './errors.ts';
import type { SimProject } from './projects.ts';
import { checkParams, countParam, textParam } from './query-params.ts';

const standardPageSize = 50;
const mostPerPage = 500;
const createTime = '2023-04-18T09:12:44.512Z';

/** `projects:search`: the projects that the caller may read. @throws ApiError */
export function searchProjects(params: URLSearchParams, projects: readonly SimProject[]): string {
  checkParams(params, ['query', 'pageSize', 'pageToken']);
  const query = textParam(params, 'query');
  const passes = parseComputeFilter(query, ['name', 'displayName', 'projectId', 'id', 'state', 'parent', 'labels']);
  const size = Math.min(mostPerPage, countParam(params, 'pageSize', standardPageSize));
  const key = `projects/${query ?? ''}`;
  const token = textParam(params, 'pageToken') || undefined;
  const [start] = token === undefined ? [0] : (openToken(key, token) ?? []);
  if (start === undefined) throw invalidField('page_token', token ?? '', 'Invalid page token.');
  const found = projects.map(projectJson).filter(passes);
  const page = found.slice(start, start + size);
  return JSON.stringify({
    ...(page.length === 0 ? {} : { projects: page }),
    ...(start + size < found.length ? { nextPageToken: sealToken(key, [start + size]) } : {}),
  });
}

/** A project as v3 tells it. */
export function projectJson({ id, number, displayName }: SimProject): ResourceJson {
  return {
    name: `projects/${number}`,
    parent: 'organizations/410000000001',
    projectId: id,
    state: 'ACTIVE',
    displayName,
    createTime,
    updateTime: createTime,
    etag: 'W/"a1b2c3"',
    labels: { company: 'demo' },
  };
}

/** A project as v1 tells it, which credential libraries ask. */
export function oldProjectJson({ id, number, displayName }: SimProject): ResourceJson {
  return { projectNumber: number, projectId: id, lifecycleState: 'ACTIVE', name: displayName, createTime };
}
