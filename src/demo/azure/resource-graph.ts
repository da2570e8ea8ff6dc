import { mix } from '../fleet/hash.ts';
import { openToken, sealToken } from '../fleet/page-token.ts';
import { ApiError, badRequest } from './errors.ts';
import { memberOf, parseJson } from './json.ts';
import { KqlError } from './kql-error.ts';
import { type KqlQuery, readKql } from './kql-query.ts';
import type { Row } from './kql-values.ts';
import { existenceOf } from './resource.ts';
import { resourceColumns, resourceRow } from './resource-row.ts';
import { type Candidate, candidatesOf, resolve, type World } from './world.ts';

/** A call of Resource Graph. */
export interface GraphCall {
  readonly world: World;
  readonly body: string;
  /** Ids of the subscriptions that the principal may see. */
  readonly visible: readonly string[];
  /** Epoch seconds. */
  readonly now: number;
  /** How long it goes on to show what was deleted, seconds. */
  readonly lagSeconds: number;
  /** Any number: decides the order of rows that the query leaves open, anew in each call. */
  readonly shuffle: number;
}

const largestPage = 1000;

/** Answers queries and remembers a few results, since their pages are asked for one after another. */
export class ResourceGraph {
  readonly #results = new Map<string, readonly Row[]>();
  readonly #kept = 4;

  /** One page of a query's result, as JSON text. @throws ApiError */
  answer(call: GraphCall): string {
    const request = readRequest(call.body);
    const subscriptions = eligible(call, request.subscriptions);
    const query = readQuery(request.query);
    const key = `${subscriptions.join()} ${request.query}`;
    const offset = readOffset(request, key);
    const rows = this.#resultOf(call, query, subscriptions, key);
    const page = rows.slice(offset, offset + request.top);
    const more = offset + page.length < rows.length;
    const token = more && query.pageable ? { $skipToken: sealToken(key, [offset + page.length]) } : {};
    return JSON.stringify({
      totalRecords: rows.length,
      count: page.length,
      data: page.map((row) => toObject(row, query)),
      facets: [],
      resultTruncated: more && !query.pageable ? 'true' : 'false',
      ...token,
    });
  }

  #resultOf(call: GraphCall, query: KqlQuery, subscriptions: readonly string[], key: string): readonly Row[] {
    const minute = `${Math.floor(call.now / 60)} ${key}`;
    const known = this.#results.get(minute);
    if (known !== undefined) return known;
    const rows = resultOf(call, query, subscriptions);
    if (!query.ordered) return rows;
    const [oldest] = this.#results.keys();
    if (oldest !== undefined && this.#results.size >= this.#kept) this.#results.delete(oldest);
    this.#results.set(minute, rows);
    return rows;
  }
}

function resultOf(call: GraphCall, query: KqlQuery, subscriptions: readonly string[]): readonly Row[] {
  const rows: Row[] = [];
  for (const cell of call.world.cells) {
    if (!subscriptions.includes(cell.subscription.id)) continue;
    for (const candidate of candidatesOf(cell)) {
      const row = resourceRow(candidate, call.now);
      if (query.admits(row) && isShown(candidate, call)) rows.push(row);
    }
  }
  const drawn = (place: number) => mix(call.shuffle, place);
  if (query.ordered) return query.run(rows, drawn);
  const shuffled = rows
    .map((row, place) => ({ row, chance: drawn(place) }))
    .sort((a, b) => a.chance - b.chance)
    .map(({ row }) => row);
  return query.run(shuffled, drawn);
}

function isShown(candidate: Candidate, { now, lagSeconds }: GraphCall): boolean {
  const resource = resolve(candidate);
  if (resource === undefined) return false;
  const { createdAt, deletedAt } = existenceOf(resource);
  return createdAt <= now && now < deletedAt + lagSeconds;
}

interface GraphRequest {
  readonly query: string;
  readonly subscriptions: readonly string[] | undefined;
  readonly top: number;
  readonly skip: number;
  readonly skipToken: string | undefined;
}

function readRequest(body: string): GraphRequest {
  const request = parseJson(body);
  const query = memberOf(request, 'query');
  if (typeof query !== 'string' || query.trim() === '') throw badRequest('The query is missing');
  const listed = memberOf(request, 'subscriptions');
  const options = memberOf(request, 'options');
  const format = memberOf(options, 'resultFormat') ?? 'objectArray';
  if (format !== 'objectArray') throw badRequest('Only the result format objectArray is supported by the simulation');
  const skipToken = memberOf(options, '$skipToken');
  return {
    query,
    subscriptions: Array.isArray(listed) ? listed.map((id) => String(id).toLowerCase()) : undefined,
    top: readBounded(options, '$top', largestPage, 1, largestPage),
    skip: readBounded(options, '$skip', 0, 0, Number.MAX_SAFE_INTEGER),
    skipToken: typeof skipToken === 'string' ? skipToken : undefined,
  };
}

function readBounded(options: unknown, name: string, initially: number, least: number, most: number): number {
  const value = memberOf(options, name) ?? initially;
  if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return value;
  throw badRequest(`The provided ${name} must be between ${least} and ${most}`);
}

function eligible({ visible }: GraphCall, wanted: readonly string[] | undefined): readonly string[] {
  const found = wanted === undefined ? visible : visible.filter((id) => wanted.includes(id.toLowerCase()));
  if (found.length > 0) return found;
  throw graphError(400, 'BadRequest', {
    code: 'NoValidSubscriptionsInQueryRequest',
    message: 'There must be at least one subscription that is eligible to contain resources.',
  });
}

function readQuery(text: string): KqlQuery {
  try {
    return readKql(text, resourceColumns);
  } catch (caught) {
    if (!(caught instanceof KqlError)) throw caught;
    const before = text.slice(0, caught.at).split('\n');
    const place = { line: before.length, characterPositionInLine: before.at(-1)?.length ?? 0, token: caught.token };
    const advice =
      'Query is invalid. Please refer to the documentation for the Azure Resource Graph service and fix the error before retrying.';
    throw graphError(
      400,
      'BadRequest',
      { code: 'InvalidQuery', message: advice },
      { code: caught.code, message: caught.code, ...place },
    );
  }
}

/** An error as Resource Graph words it: what is wrong stands in the details. */
export function graphError(
  status: number,
  code: string,
  ...details: readonly { readonly code: string; readonly message: string }[]
): ApiError {
  const message = `Please provide below info when asking for support: timestamp = ${new Date().toISOString()}.`;
  return new ApiError(status, code, message, { body: { error: { code, message, details } } });
}

function readOffset({ skipToken, skip }: GraphRequest, key: string): number {
  if (skipToken === undefined) return skip;
  const [offset] = openToken(key, skipToken) ?? [];
  if (offset !== undefined) return offset;
  throw graphError(400, 'BadRequest', {
    code: 'InvalidSkipToken',
    message: 'The skip token does not belong to the query.',
  });
}

function toObject(row: Row, { columns }: KqlQuery): Record<string, unknown> {
  return Object.fromEntries([...columns.keys()].map((column) => [column, row(column) ?? null]));
}
