import { useLocation, useNavigate } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { text } from '../text.ts';

/** Searches the servers from any page but theirs, which has a field of its own. */
export function SearchField() {
  const isOwn = useLocation({ select: ({ pathname }) => pathname === '/servers' });
  const navigate = useNavigate();
  const [typed, setTyped] = useState('');
  if (isOwn) return null;
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    const q = typed.trim();
    setTyped('');
    void navigate({ to: '/servers', search: q === '' ? {} : { q } });
  };
  return (
    <search className="top-search" aria-label={text.keys.search}>
      <form onSubmit={onSubmit}>
        <input
          type="search"
          aria-label={text.keys.search}
          aria-keyshortcuts="/"
          placeholder={text.frame.searchHint}
          autoComplete="off"
          spellCheck={false}
          maxLength={2000}
          value={typed}
          onChange={({ target }) => setTyped(target.value)}
        />
      </form>
    </search>
  );
}
