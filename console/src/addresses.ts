import type { ServersSearch } from './api.ts';

/** What the addresses of the pages may say: the address is the state. */
export interface ServersAddress extends ServersSearch {
  /** From 1; only says which rows these are. */
  readonly page?: number;
}

const serversKeys = ['search', 'provider', 'account', 'region', 'state', 'sort', 'after'] as const;

export function serversAddress(search: Record<string, unknown>): ServersAddress {
  const page = Number(search.page);
  return { ...textsOf(search, serversKeys), ...(Number.isInteger(page) && page > 1 ? { page } : {}) };
}

export const serverTabs = ['performance', 'history', 'raw'] as const;
export const historySpans = [7, 14, 30, 90] as const;

export interface ServerAddress {
  readonly tab?: (typeof serverTabs)[number];
  readonly form?: 'fields';
  readonly days?: (typeof historySpans)[number];
}

export function serverAddress(search: Record<string, unknown>): ServerAddress {
  const tab = serverTabs.find((one) => one === search.tab);
  const days = historySpans.find((one) => one === Number(search.days));
  return {
    ...(tab === undefined ? {} : { tab }),
    ...(search.form === 'fields' ? { form: 'fields' } : {}),
    ...(days === undefined ? {} : { days }),
  };
}

export function jobsAddress(search: Record<string, unknown>): { readonly after?: string } {
  return textsOf(search, ['after']);
}

function textsOf<K extends string>(search: Record<string, unknown>, keys: readonly K[]): { [k in K]?: string } {
  const found: { [k in K]?: string } = {};
  for (const key of keys) {
    const value = search[key];
    if (typeof value === 'string' && value !== '') found[key] = value;
  }
  return found;
}
