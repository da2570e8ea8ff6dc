import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { type ReactNode, useEffect } from 'react';
import type { SummaryGroup } from '../../../src/server/api.ts';
import type { RightsizingSummary } from '../../../src/server/rightsizing-api.ts';
import type { DecisionState } from '../../../src/store/rightsizing.ts';
import { type RightsizingSearch, shownState, summaryQuery } from '../api.ts';
import { formatCount } from '../format.ts';
import { useTypedText } from '../parts/typed-text.ts';
import { text } from '../text.ts';

const route = getRouteApi('/rightsizing');
const exact = ['provider', 'account', 'region'] as const;
const states = ['open', 'accepted', 'verified', 'snoozed', 'dismissed'] as const satisfies DecisionState[];

/** Typed and chosen filters are in the address. */
export function VerdictFilters({ summary }: { summary: RightsizingSummary | undefined }) {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const fleet = useQuery(summaryQuery).data?.data;
  const groups: Record<(typeof exact)[number], readonly SummaryGroup[]> = {
    provider: fleet?.by_provider ?? [],
    account: fleet?.by_account ?? [],
    region: fleet?.by_region ?? [],
  };
  const choose = (filter: keyof RightsizingSearch, value: string) =>
    void navigate({
      search: ({ after: _, [filter]: __, ...rest }) => ({ ...rest, ...(value && { [filter]: value }) }),
    });
  return (
    <search className="filters" aria-label={text.rightsizing.filters}>
      <QueryField />
      <Choice
        label={text.rightsizing.state}
        value={shownState(search)}
        onChoose={(value) => choose('state', value === '' ? 'any' : value)}
      >
        {states.map((state) => (
          <option key={state} value={state}>
            {text.rightsizing.decisions[state]}
            {summary !== undefined && ` (${formatCount(summary.states[state])})`}
          </option>
        ))}
      </Choice>
      {exact.map((filter) => (
        <Choice
          key={filter}
          label={text.search[filter]}
          value={search[filter]}
          onChoose={(value) => choose(filter, value)}
        >
          {namesOf(groups[filter], search[filter]).map((name) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </Choice>
      ))}
      {Object.keys(search).length > 0 && (
        <button type="button" onClick={() => void navigate({ search: {} })}>
          {text.rightsizing.clear}
        </button>
      )}
    </search>
  );
}

interface ChoiceProps {
  readonly label: string;
  readonly value: string | undefined;
  readonly onChoose: (value: string) => void;
  readonly children: ReactNode;
}

function Choice({ label, value, onChoose, children }: ChoiceProps) {
  return (
    <label>
      <span className="filter-name">{label}</span>
      <select value={value ?? ''} onChange={(event) => onChoose(event.target.value)}>
        <option value="">{text.rightsizing.any}</option>
        {children}
      </select>
    </label>
  );
}

/** A link may name what is not there any more; it can still be seen and taken away. */
function namesOf(groups: readonly SummaryGroup[], chosen: string | undefined): string[] {
  const names = groups.map(({ name }) => name);
  return chosen === undefined || names.includes(chosen) ? names : [...names, chosen];
}

/** How long typing must rest before the server is asked, in milliseconds. */
const restMs = 300;

function QueryField() {
  const asked = route.useSearch({ select: ({ q }) => q ?? '' });
  const navigate = route.useNavigate();
  const { typed, setTyped, sent } = useTypedText(asked);
  useEffect(() => {
    if (typed === asked) return;
    const timer = setTimeout(() => {
      sent.current.push(typed);
      void navigate({
        search: ({ after: _, q: __, ...rest }) => ({ ...rest, ...(typed && { q: typed }) }),
        replace: true,
      });
    }, restMs);
    return () => clearTimeout(timer);
  }, [typed, asked, navigate, sent]);
  return (
    <label className="search-field">
      <span className="filter-name">{text.rightsizing.query}</span>
      <input
        type="search"
        value={typed}
        maxLength={500}
        placeholder={text.rightsizing.queryHint}
        onChange={(event) => setTyped(event.target.value)}
      />
    </label>
  );
}
