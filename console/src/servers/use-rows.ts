import { keepPreviousData, useQueries, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { ServerRow } from '../../../src/server/api.ts';
import { rowsAtOnce, type ServersAsked, serverRowsQuery } from '../api.ts';

interface ListHead {
  /** Undefined until the first answer. */
  readonly total: number | undefined;
  /** What the rows that are shown were asked by: the last query until that of the address is answered. */
  readonly shown: ServersAsked;
  readonly isStale: boolean;
  readonly error: Error | null;
  retry(): void;
}

/** How long the list is: its first rows tell. */
export function useListHead(asked: ServersAsked): ListHead {
  const { data, error, isPlaceholderData, refetch } = useQuery({
    ...serverRowsQuery(asked, 0),
    placeholderData: keepPreviousData,
  });
  const [settled, setSettled] = useState<{ readonly asked: ServersAsked; readonly total: number | undefined }>({
    asked,
    total: undefined,
  });
  const isSettled = data !== undefined && !isPlaceholderData && error === null;
  const now = isSettled ? { asked, total: data.meta.total } : settled;
  if (now.total !== settled.total || !isSame(now.asked, settled.asked)) setSettled(now);
  return {
    total: now.total,
    shown: now.asked,
    isStale: now.total !== undefined && !isSettled,
    error,
    retry: () => void refetch(),
  };
}

/** Rows read beyond a window, so that whoever scrolls mostly finds them there. */
const ahead = rowsAtOnce / 2;

/** Rows that have come, of a window and of one elsewhere; the others follow. */
export function useRows(
  shown: ServersAsked,
  total: number,
  first: number,
  end: number,
  elsewhere: number,
): (index: number) => ServerRow | undefined {
  const from = Math.floor(Math.max(0, first - ahead) / rowsAtOnce);
  const behind = Math.ceil(Math.min(total, end + ahead) / rowsAtOnce);
  const near = Array.from({ length: Math.max(1, behind - from) }, (_, at) => from + at);
  const pages = [...new Set([...near, Math.floor(elsewhere / rowsAtOnce)])];
  const answers = useQueries({ queries: pages.map((page) => serverRowsQuery(shown, page * rowsAtOnce)) });
  return (index) => answers[pages.indexOf(Math.floor(index / rowsAtOnce))]?.data?.data[index % rowsAtOnce];
}

function isSame(one: ServersAsked, other: ServersAsked): boolean {
  return one.q === other.q && one.type === other.type && one.sort === other.sort && one.days === other.days;
}
