import { getRouteApi } from '@tanstack/react-router';
import { type FormEvent, useId, useRef, useState, useSyncExternalStore } from 'react';
import { text } from '../text.ts';
import { onSavedViews, removeView, savedViews, saveView } from './saved-views.ts';

const route = getRouteApi('/servers');
const longestName = 40;

/** Keeps what the address says under a name, and lets go of what was kept. */
export function SaveView() {
  const { peek: _, ...search } = route.useSearch();
  const views = useSyncExternalStore(onSavedViews, savedViews);
  const dialog = useRef<HTMLDialogElement>(null);
  const title = useId();
  const [name, setName] = useState('');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const said = name.trim();
    if (said === '') return;
    saveView({ name: said, search });
    setName('');
    dialog.current?.close();
  };
  return (
    <>
      <button type="button" onClick={() => dialog.current?.showModal()}>
        {text.saved.open}
      </button>
      <dialog ref={dialog} className="view-dialog" aria-labelledby={title}>
        <h2 id={title}>{text.saved.title}</h2>
        <p>{text.saved.where}</p>
        <form onSubmit={submit}>
          <label>
            <span className="filter-name">{text.saved.name}</span>
            <input value={name} maxLength={longestName} required onChange={({ target }) => setName(target.value)} />
          </label>
          <button type="submit" className="primary">
            {text.saved.save}
          </button>
        </form>
        {views.length > 0 && (
          <ul aria-label={text.saved.list}>
            {views.map((view) => (
              <li key={view.name}>
                <span>{view.name}</span>
                <button type="button" onClick={() => removeView(view.name)}>
                  {text.saved.remove(view.name)}
                </button>
              </li>
            ))}
          </ul>
        )}
        <p className="actions">
          <button type="button" onClick={() => dialog.current?.close()}>
            {text.saved.close}
          </button>
        </p>
      </dialog>
    </>
  );
}
