import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import type { ServerFacets as Facets } from '../../../src/server/facets-api.ts';
import type { Facet } from '../../../src/store/inventory.ts';
import { formatCount } from '../format.ts';
import { text } from '../text.ts';
import { chosenOf, withChoice } from './query-terms.ts';

const route = getRouteApi('/servers');
const names = ['provider', 'account', 'region', 'state', 'type'] as const satisfies readonly Facet[];

/** How many values a facet shows before it is asked for more. */
const few = 6;

/** What the list can be narrowed to, each with its number of servers. */
export function ServerFacets({ facets, q }: { facets: Facets | undefined; q: string }) {
  return (
    <section className="facets" aria-label={text.list.facets}>
      {names.map((name) => (
        <FacetGroup key={name} name={name} facet={facets?.[name]} chosen={chosenOf(q, name)} />
      ))}
    </section>
  );
}

interface FacetGroupProps {
  readonly name: Facet;
  readonly facet: Facets[Facet] | undefined;
  readonly chosen: readonly string[];
}

function FacetGroup({ name, facet, chosen }: FacetGroupProps) {
  const navigate = route.useNavigate();
  const [isLong, setIsLong] = useState(false);
  const known = facet?.values ?? [];
  const gone = chosen.filter((value) => !known.some((each) => each.value === value));
  const all = [...gone.map((value) => ({ value, servers: 0 })), ...known];
  const shown = isLong ? all : all.filter(({ value }, at) => at < few || chosen.includes(value));
  const choose = (value: string, isChosen: boolean) => {
    void navigate({
      // Of what is asked for by now, and may not be drawn yet.
      search: ({ q: asked = '', ...rest }) => {
        const query = withChoice(asked, name, value, isChosen);
        return { ...rest, ...(query && { q: query }) };
      },
    });
  };
  // A legend alone would be pushed down by the values of the one above it.
  if (facet === undefined && chosen.length === 0) return null;
  return (
    <fieldset>
      <legend>{text.list.facetNames[name]}</legend>
      {shown.map(({ value, servers }) => (
        <label key={value}>
          <input
            type="checkbox"
            checked={chosen.includes(value)}
            onChange={({ target }) => choose(value, target.checked)}
          />
          <span title={value}>{name === 'state' ? (text.serverStates[value] ?? value) : value}</span>
          <small>{formatCount(servers)}</small>
        </label>
      ))}
      {all.length > few && (
        <button type="button" className="plain" aria-expanded={isLong} onClick={() => setIsLong(!isLong)}>
          {isLong ? text.list.fewer : text.list.more(formatCount(all.length - shown.length))}
        </button>
      )}
    </fieldset>
  );
}
