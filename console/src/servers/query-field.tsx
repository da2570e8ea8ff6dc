import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { type KeyboardEvent, useEffect, useId, useLayoutEffect, useRef, useState } from 'react';
import { ApiError, serverFacetsQuery } from '../api.ts';
import { formatCount } from '../format.ts';
import { text } from '../text.ts';
import { useListSearch } from './list-search.ts';
import { termsOf, withoutTerm } from './query-terms.ts';
import { type Suggestion, suggest } from './suggestions.ts';

const route = getRouteApi('/servers');

/** Of keys that follow each other faster the first is asked at once, and the last after so long, in milliseconds. */
const restMs = 60;

/** The query in words, with suggestions for the one at the cursor; below it each of its terms, to be taken away. */
export function QueryField({ error }: { error: Error | null }) {
  const { q, type, statistic } = useListSearch();
  const [typed, setTyped] = useTyped(q);
  const [cursor, setCursor] = useState(0);
  const [isOpen, setIsOpen] = useState(false);
  const [chosen, setChosen] = useState(-1);
  const field = useRef<HTMLInputElement>(null);
  /** Where the caret has to be once the field holds what was taken. */
  const caret = useRef<number>(undefined);
  const id = useId();
  const facets = useQuery(serverFacetsQuery('', type, statistic)).data?.data;
  const suggestions = isOpen ? suggest(typed, cursor, facets) : [];
  const problem = problemOf(error);

  // Before the next key is typed.
  useLayoutEffect(() => {
    if (caret.current === undefined) return;
    field.current?.setSelectionRange(caret.current, caret.current);
    caret.current = undefined;
  });

  const write = (query: string, at: number) => {
    setTyped(query);
    setCursor(at);
    setChosen(-1);
  };
  const take = (suggestion: Suggestion) => {
    write(suggestion.query, suggestion.cursor);
    caret.current = suggestion.cursor;
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const last = suggestions.length - 1;
    const taken = suggestions[chosen];
    if (event.nativeEvent.isComposing) return;
    if (event.key === 'ArrowDown') {
      setIsOpen(true);
      setChosen(chosen >= last ? -1 : chosen + 1);
    } else if (event.key === 'ArrowUp') setChosen(chosen < 0 ? last : chosen - 1);
    else if (event.key === 'Escape' && suggestions.length > 0) setIsOpen(false);
    else if ((event.key === 'Enter' || event.key === 'Tab') && taken !== undefined) take(taken);
    else return;
    event.preventDefault();
  };

  return (
    <search className="query" aria-label={text.search.filters}>
      <div className="query-box">
        <label htmlFor={`${id}-field`} className="filter-name">
          {text.list.field}
        </label>
        <input
          ref={field}
          id={`${id}-field`}
          type="search"
          role="combobox"
          aria-expanded={suggestions.length > 0}
          aria-controls={`${id}-list`}
          aria-autocomplete="list"
          aria-activedescendant={suggestions[chosen] === undefined ? undefined : `${id}-${chosen}`}
          aria-invalid={problem !== undefined}
          aria-describedby={problem === undefined ? undefined : `${id}-problem`}
          autoComplete="off"
          spellCheck={false}
          maxLength={2000}
          value={typed}
          placeholder={text.list.placeholder}
          onChange={({ target }) => {
            write(target.value, target.selectionStart ?? target.value.length);
            setIsOpen(true);
          }}
          onFocus={({ target }) => setCursor(target.value.length)}
          onClick={({ currentTarget }) => {
            setCursor(currentTarget.selectionStart ?? 0);
            setIsOpen(true);
          }}
          onBlur={() => setIsOpen(false)}
          onKeyDown={onKeyDown}
        />
        <div id={`${id}-list`} role="listbox" aria-label={text.list.suggestions} hidden={suggestions.length === 0}>
          {suggestions.map((each, at) => (
            // biome-ignore lint/a11y/useFocusableInteractive: the focus stays in the field, which names the active option
            <div
              key={each.label}
              id={`${id}-${at}`}
              role="option"
              aria-selected={at === chosen}
              onPointerDown={(event) => {
                event.preventDefault();
                take(each);
              }}
            >
              <span>{each.label}</span>
              {each.servers !== undefined && <small>{formatCount(each.servers)}</small>}
            </div>
          ))}
        </div>
      </div>
      <p id={`${id}-problem`} className="query-problem" role="status">
        {problem !== undefined && (
          <>
            {problem.where !== undefined && <code>{problem.where}</code>}
            {problem.message} {problem.fix !== undefined && `· ${problem.fix}`}
          </>
        )}
      </p>
      <Terms query={q} />
    </search>
  );
}

function problemOf(error: Error | null): ApiError['report'] | undefined {
  return error instanceof ApiError && error.report.code === 'invalid_query' ? error.report : undefined;
}

/** What stands in the field. The address follows; going back in it undoes all that was typed at once. */
function useTyped(q: string): [string, (query: string) => void] {
  const navigate = route.useNavigate();
  const [typed, setTyped] = useState(q);
  const asked = useRef(q);
  const isGoingOn = useRef(false);
  const typedAt = useRef(Number.NEGATIVE_INFINITY);
  useEffect(() => {
    if (q === asked.current) return;
    asked.current = q;
    isGoingOn.current = false;
    setTyped(q);
  }, [q]);
  useEffect(() => {
    const query = typed.trim();
    if (query === asked.current) return;
    const now = performance.now();
    const hasRested = now - typedAt.current >= restMs;
    typedAt.current = now;
    const ask = () => {
      asked.current = query;
      const replace = isGoingOn.current;
      isGoingOn.current = true;
      void navigate({ search: ({ q: _, ...rest }) => ({ ...rest, ...(query && { q: query }) }), replace });
    };
    const timer = setTimeout(ask, hasRested ? 0 : restMs);
    return () => clearTimeout(timer);
  }, [typed, navigate]);
  return [typed, setTyped];
}

function Terms({ query }: { query: string }) {
  const navigate = route.useNavigate();
  const terms = termsOf(query);
  if (terms.length === 0) return null;
  const ask = (q: string) => void navigate({ search: ({ q: _, ...rest }) => ({ ...rest, ...(q && { q }) }) });
  return (
    <ul className="terms" aria-label={text.list.terms}>
      {terms.map((term) => (
        <li key={term.from}>
          <button type="button" aria-label={text.list.remove(term.text)} onClick={() => ask(withoutTerm(query, term))}>
            <code>{term.text}</code>
            <svg viewBox="0 0 16 16" aria-hidden="true">
              <path d="M4 4l8 8M12 4l-8 8" />
            </svg>
          </button>
        </li>
      ))}
      <li>
        <button type="button" className="plain" onClick={() => ask('')}>
          {text.list.clear}
        </button>
      </li>
    </ul>
  );
}
