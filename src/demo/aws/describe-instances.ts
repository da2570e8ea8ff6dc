import { hashText } from '../fleet/hash.ts';
import { type LifeState, stateAt } from '../fleet/life.ts';
import { openToken, sealToken } from '../fleet/page-token.ts';
import type { Cell } from './cell.ts';
import { type Ec2Call, type Filter, filterParams, listParam } from './ec2-request.ts';
import { ApiError } from './errors.ts';
import { instanceXml, tagsOf } from './instance-xml.ts';
import type { Server } from './simulated-server.ts';
import { findServer, serverAt } from './world.ts';
import { element, itemSet } from './xml.ts';

const defaultPageSize = 1000;
const smallestPageSize = 5;

/** A terminated instance is still listed for an hour. */
const terminatedShownSeconds = 3600;

/**
 * DescribeInstances: pages of 5 to 1,000 in an order that each listing draws anew, by ids, by filters. The token carries
 * place and order, so that a listing is complete however many others run at once.
 */
export function describeInstances(call: Ec2Call): string {
  const { params, now, cell } = call;
  const filters = filterParams(params);
  const ids = listParam(params, 'InstanceId');
  if (ids.length > 0) {
    if (params.has('MaxResults')) {
      const message = 'The parameter instancesSet cannot be used with the parameter maxResults';
      throw new ApiError('InvalidParameterCombination', message);
    }
    const shown = namedServers(cell, ids).flatMap((server) => show(server, filters, now));
    return itemSet('reservationSet', shown);
  }
  return listing(call, filters, pageSizeOf(params));
}

function pageSizeOf(params: URLSearchParams): number {
  const text = params.get('MaxResults');
  const size = Number(text ?? defaultPageSize);
  if (Number.isInteger(size) && size >= smallestPageSize && size <= defaultPageSize) return size;
  const bound = size < smallestPageSize ? `minimum: ${smallestPageSize}` : `maximum: ${defaultPageSize}`;
  const message = `Value ( ${text} ) for parameter maxResults is invalid. Expecting a value with ${bound}`;
  throw new ApiError('InvalidParameterValue', message);
}

function listing({ params, cell, now, shuffle }: Ec2Call, filters: readonly Filter[], pageSize: number): string {
  const key = `${cell.account.id}/${cell.region.code}/${hashText(cell.seed, JSON.stringify(filters))}`;
  const token = params.get('NextToken');
  const [position, order] = token === null ? [0, shuffle] : (openToken(key, token) ?? []);
  if (position === undefined || order === undefined) {
    throw new ApiError('InvalidParameterValue', 'Unable to parse nextToken parameter');
  }
  const indexOf = permutation(cell.count, order);
  const page: string[] = [];
  let at = position;
  for (; at < cell.count && page.length < pageSize; at++) page.push(...show(serverAt(cell, indexOf(at)), filters, now));
  const reservations = itemSet('reservationSet', page);
  return at < cell.count ? reservations + element('nextToken', sealToken(key, [at, order])) : reservations;
}

/** An order of the numbers below `count`: a step that shares no factor with it reaches each once. */
function permutation(count: number, order: number): (position: number) => number {
  let step = 1 + (order % Math.max(1, count - 1));
  while (commonFactor(step, count) > 1) step++;
  return (position) => (step * position + (order % count)) % count;
}

function commonFactor(a: number, b: number): number {
  return b === 0 ? a : commonFactor(b, a % b);
}

function namedServers(cell: Cell, ids: readonly string[]): readonly Server[] {
  return ids.map((id) => {
    if (!/^i-[0-9a-f]{8,17}$/.test(id)) throw new ApiError('InvalidInstanceID.Malformed', `Invalid id: "${id}"`);
    const server = findServer(cell, id);
    if (server === undefined) {
      throw new ApiError('InvalidInstanceID.NotFound', `The instance ID '${id}' does not exist`);
    }
    return server;
  });
}

/** The reservation of a server that is to be shown: none of one not yet born, long terminated, or filtered out. */
function show(server: Server, filters: readonly Filter[], now: number): readonly string[] {
  const state = stateAt(server.life, now);
  if (state === undefined) return [];
  if (state.name === 'terminated' && now - (state.stoppedAt ?? now) > terminatedShownSeconds) return [];
  const passes = filters.every((filter) => matches(filter, server, state));
  return passes ? [instanceXml(server, state)] : [];
}

function matches({ name, values }: Filter, server: Server, state: LifeState): boolean {
  const actual = filterValue(name, server, state);
  return actual !== undefined && values.some((pattern) => wildcardMatches(pattern, actual));
}

function filterValue(name: string, server: Server, state: LifeState): string | undefined {
  switch (name) {
    case 'instance-state-name':
      return state.name;
    case 'instance-id':
      return server.id;
    case 'instance-type':
      return server.type.name;
    case 'availability-zone':
      return server.zone;
    default:
      if (name.startsWith('tag:')) return tagsOf(server)[name.slice(4)];
      throw new ApiError('InvalidParameterValue', `The filter '${name}' is invalid`);
  }
}

/** `*` stands for any text and `?` for one character, as in all EC2 filters. */
function wildcardMatches(pattern: string, text: string): boolean {
  if (!/[*?]/.test(pattern)) return pattern === text;
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replace(/\*/g, '.*')
    .replace(/\?/g, '.');
  return new RegExp(`^${source}$`).test(text);
}
