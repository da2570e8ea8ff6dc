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
  const chosen = chosenColumns(cols, type, types).filter((id) => id !== nameColumn);
  const others = possibleColumns(type, types).filter((id) => id !== nameColumn && !chosen.includes(id));
  const labelOf = (id: string) => columnOf(id, statistic, win).label;
  const show = (ids: readonly string[]) =>
    void navigate({ search: (search) => ({ ...search, cols: [nameColumn, ...ids].join(',') }), resetScroll: false });
  const move = (from: number, by: 1 | -1) => {
    const ids = chosen.filter((_, at) => at !== from);
    const id = chosen[from];
    if (id === undefined) return;
    show([...ids.slice(0, from + by), id, ...ids.slice(from + by)]);
    setSaid(text.columns.moved(labelOf(id), from + by + 1));
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
                <input type="checkbox" checked onChange={() => show(chosen.filter((each) => each !== id))} />
                {labelOf(id)}
              </label>
              <button
                type="button"
                aria-label={text.columns.up(labelOf(id))}
                disabled={at === 0}
                onClick={() => move(at, -1)}
              >
                ↑
              </button>
              <button
                type="button"
                aria-label={text.columns.down(labelOf(id))}
                disabled={at === chosen.length - 1}
                onClick={() => move(at, 1)}
              >
                ↓
              </button>
            </li>
          ))}
          {others.map((id) => (
            <li key={id}>
              <label>
                <input type="checkbox" checked={false} onChange={() => show([...chosen, id])} />
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
