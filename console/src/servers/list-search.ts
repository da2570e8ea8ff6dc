import { getRouteApi } from '@tanstack/react-router';
import type { CpuStatistic } from '../../../src/store/inventory.ts';
import { serverType } from './server-columns.ts';

const route = getRouteApi('/servers');

export interface ListSearch {
  readonly q: string;
  readonly type: string;
  readonly sort: string;
  readonly statistic: CpuStatistic;
}

/** What the address asks, with what is usual where it says nothing. */
export function useListSearch(): ListSearch {
  const { q = '', type = serverType, sort = 'name', stat = 'avg' } = route.useSearch();
  return { q, type, sort, statistic: stat };
}
