import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import type { SummaryGroup } from '../../../src/server/api.ts';
import { summaryQuery } from '../api.ts';
import { formatCount } from '../format.ts';
import { text } from '../text.ts';

const route = getRouteApi('/servers');
const filters = ['provider', 'account', 'region', 'state'] as const;
type Filter = (typeof filters)[number];

export function ServerFilters() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const summary = useQuery(summaryQuery).data?.data;
  const isFiltered = search.search !== undefined || filters.some((filter) => search[filter] !== undefined);
  const groups: Record<Filter, readonly SummaryGroup[]> = {
    provider: summary?.by_provider ?? [],
    account: summary?.by_account ?? [],
    region: summary?.by_region ?? [],
    state: summary?.by_state ?? [],
  };
  const choose = (filter: Filter, value: string) =>
    void navigate({
      search: ({ after: _, page: __, [filter]: ___, ...rest }) => ({ ...rest, ...(value && { [filter]: value }) }),
    });
  return (
    <search className="filters" aria-label={text.search.filters}>
      <SearchField />
      {filters.map((filter) => (
        <label key={filter}>
          <span className="filter-name">{text.search[filter]}</span>
          <select value={search[filter] ?? ''} onChange={(event) => choose(filter, event.target.value)}>
            <option value="">{text.search.any}</option>
            {optionsOf(groups[filter], search[filter]).map(({ name, servers }) => (
              <option key={name} value={name}>
                {nameOf(filter, name)} ({formatCount(servers)})
              </option>
            ))}
          </select>
        </label>
      ))}
      {isFiltered && (
        <button type="button" onClick={() => void navigate({ search: ({ sort }) => (sort ? { sort } : {}) })}>
          {text.search.clear}
        </button>
      )}
    </search>
  );
}

/** A link may name what is not there any more; it can still be seen and taken away. */
function optionsOf(
  groups: readonly SummaryGroup[],
  chosen: string | undefined,
): readonly Omit<SummaryGroup, 'with_memory'>[] {
  const isKnown = chosen === undefined || groups.some((group) => group.name === chosen);
  return isKnown ? groups : [...groups, { name: chosen, servers: 0 }];
}

function nameOf(filter: Filter, name: string): string {
  return filter === 'state' ? (text.serverStates[name] ?? name) : name;
}

/** How long typing must rest before the server is asked, in milliseconds. */
const restMs = 200;

function SearchField() {
  const asked = route.useSearch({ select: ({ search }) => search ?? '' });
  const navigate = route.useNavigate();
  const [typed, setTyped] = useState(asked);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => setTyped(asked), [asked]);
  useEffect(() => {
    if (typed === asked) return;
    const timer = setTimeout(() => {
      void navigate({
        search: ({ after: _, page: __, search: ___, ...rest }) => ({ ...rest, ...(typed && { search: typed }) }),
        replace: true,
      });
    }, restMs);
    return () => clearTimeout(timer);
  }, [typed, asked, navigate]);
  useFocusKey(field);
  return (
    <label className="search-field">
      <span className="filter-name">{text.search.label}</span>
      <input
        ref={field}
        type="search"
        value={typed}
        maxLength={200}
        placeholder={text.search.placeholder}
        onChange={(event) => setTyped(event.target.value)}
      />
    </label>
  );
}

/** `/` leads into the field, unless somebody is writing elsewhere. */
function useFocusKey(field: React.RefObject<HTMLInputElement | null>): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const isWriting = event.target instanceof HTMLElement && event.target.matches('input, select, textarea');
      if (event.key !== '/' || isWriting || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      field.current?.focus();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, [field]);
}
