import { openToken, sealToken } from '../../fleet/page-token.ts';
import { ApiError } from '../errors.ts';
import type { ManagedCall } from './call.ts';
import { bornAt, type Kind, type Managed, managedOf } from './kinds.ts';

/** How a listing's pages are asked for, and how a wrong one is refused. */
export interface Paging {
  readonly size: string;
  readonly token: string;
  readonly smallest: number;
  readonly largest: number;
  /** Resources in a page at most, whatever is asked for. */
  readonly shown: number;
  readonly refusal: string;
}

export interface Page {
  readonly resources: readonly Managed[];
  readonly next: string | undefined;
}

/** A page of the cell's resources of some kinds that are there now. @throws ApiError */
export function pageOf({ params, cell, now, action }: ManagedCall, kinds: readonly Kind[], paging: Paging): Page {
  const size = Number(params.get(paging.size) ?? paging.shown);
  if (!(Number.isInteger(size) && size >= paging.smallest && size <= paging.largest)) {
    const bounds = `${paging.smallest} and ${paging.largest}`;
    throw new ApiError(paging.refusal, `Invalid value ${size} for ${paging.size}. Must be between ${bounds}`);
  }
  const key = `${action}/${cell.account.id}/${cell.region.code}/${kinds.join()}`;
  const token = params.get(paging.token);
  const [start] = token === null ? [0] : (openToken(key, token) ?? []);
  if (start === undefined) throw new ApiError(paging.refusal, `Invalid value ${token} for ${paging.token}`);
  const all = managedOf(cell).filter((one) => kinds.includes(one.kind) && bornAt(one) <= now);
  const end = start + Math.min(size, paging.shown);
  return { resources: all.slice(start, end), next: end < all.length ? sealToken(key, [end]) : undefined };
}
