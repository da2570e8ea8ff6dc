import { getRouteApi } from '@tanstack/react-router';
import { useId, useRef, useState } from 'react';
import type { ServerFacets } from '../../../src/server/facets-api.ts';
import { text } from '../text.ts';
import { useListSearch } from './list-search.ts';
import { chosenColumns, columnOf, nameColumn, possibleColumns } from './server-columns.ts';

const route = getRouteApi('/servers');

/** Which columns the list has, and in which order. What is chosen holds at once. */
export function ColumnDialog({ types }: { types: ServerFacets['types'] | undefined }) {
  const { type, statistic } = useListSearch();
  const { cols, win } = route.useSearch();
  const navigate = route.useNavigate();
  const dialog = useRef<HTMLDialogElement>(null);
  const title = useId();
  const [said, setSaid] = useState('');
  const chosenOf = (address: string | undefined) =>
    chosenColumns(address, type, types).filter((id) => id !== nameColumn);
  const chosen = chosenOf(cols);
  const others = possibleColumns(type, types).filter((id) => id !== nameColumn && !chosen.includes(id));
  const labelOf = (id: string) => columnOf(id, statistic, win).label;
  // Of what is asked for by now, and may not be drawn yet.
  const change = (to: (ids: readonly string[]) => readonly string[]) =>
    void navigate({
      search: (search) => ({ ...search, cols: [nameColumn, ...to(chosenOf(search.cols))].join(',') }),
      resetScroll: false,
    });
  const without = (gone: string) => (ids: readonly string[]) => ids.filter((id) => id !== gone);
  const move = (id: string, by: 1 | -1) => {
    change((ids) => without(id)(ids).toSpliced(Math.max(0, ids.indexOf(id) + by), 0, id));
    setSaid(text.columns.moved(labelOf(id), chosen.indexOf(id) + by + 1));
  };
  return (
    <>
      <button type="button" onClick={() => dialog.current?.showModal()}>
        {text.columns.open}
      </button>
      <dialog ref={dialog} className="column-dialog" aria-labelledby={title}>
        <h2 id={title}>{text.columns.title}</h2>
        <ul>
          {chosen.map((id, at) => (
            <li key={id}>
              <label>
                <input type="checkbox" checked onChange={() => change(without(id))} />
                {labelOf(id)}
              </label>
              <button
                type="button"
                aria-label={text.columns.up(labelOf(id))}
                disabled={at === 0}
                onClick={() => move(id, -1)}
              >
                ↑
              </button>
              <button
                type="button"
                aria-label={text.columns.down(labelOf(id))}
                disabled={at === chosen.length - 1}
                onClick={() => move(id, 1)}
              >
                ↓
              </button>
            </li>
          ))}
          {others.map((id) => (
            <li key={id}>
              <label>
                <input type="checkbox" checked={false} onChange={() => change((ids) => [...without(id)(ids), id])} />
                {labelOf(id)}
              </label>
            </li>
          ))}
        </ul>
        <p className="unseen" role="status">
          {said}
        </p>
        <p className="actions">
          <button
            type="button"
            onClick={() => void navigate({ search: ({ cols: _, ...rest }) => rest, resetScroll: false })}
          >
            {text.columns.reset}
          </button>
          <button type="button" className="primary" onClick={() => dialog.current?.close()}>
            {text.columns.done}
          </button>
        </p>
      </dialog>
    </>
  );
}
