import { useState } from 'react';
import type { ServerRow } from '../../../src/server/api.ts';

export interface Selection {
  /** By id of the server. */
  readonly rows: ReadonlyMap<number, ServerRow>;
  toggle(row: ServerRow): void;
  clear(): void;
}

/** Servers that were picked out of a list; of another list, none are. @param list names it */
export function useSelection(list: string): Selection {
  const [kept, setKept] = useState({ list, rows: new Map<number, ServerRow>() });
  const rows = kept.list === list ? kept.rows : new Map<number, ServerRow>();
  return {
    rows,
    toggle: (row) => {
      const changed = new Map(rows);
      if (!changed.delete(row.id)) changed.set(row.id, row);
      setKept({ list, rows: changed });
    },
    clear: () => setKept({ list, rows: new Map() }),
  };
}
