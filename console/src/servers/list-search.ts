import { getRouteApi } from '@tanstack/react-router';
import type { CpuStatistic } from '../../../src/store/inventory.ts';
import type { PercentKey } from '../../../src/store/record-shapes.ts';
import type { ServersAddress } from '../addresses.ts';
import { serverType } from './server-columns.ts';

const route = getRouteApi('/servers');

export interface ListSearch {
  readonly q: string;
  readonly type: string;
  readonly sort: string;
  readonly statistic: CpuStatistic;
  readonly view: NonNullable<ServersAddress['view']> | 'table';
  readonly x: PercentKey;
  readonly y: PercentKey;
  readonly color: PercentKey;
}

/** What the address asks, with what is usual where it says nothing. */
export function useListSearch(): ListSearch {
  const { q = '', type = serverType, sort = 'name', stat = 'avg', view = 'table', ...keys } = route.useSearch();
  const { x = 'cpu.avg', y = 'cpu.max', color = `cpu.${stat}` } = keys;
  return { q, type, sort, statistic: stat, view, x, y, color };
}

/** Adds terms to the query: all that are there must hold, too. */
export function useNarrowing(): (terms: string) => void {
  const navigate = route.useNavigate();
  return (terms) =>
    void navigate({
      search: ({ q = '', peek: _, ...rest }) => ({ ...rest, q: `${q} ${terms}`.trim() }),
      resetScroll: false,
    });
}
