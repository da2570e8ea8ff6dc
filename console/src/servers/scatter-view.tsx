import { getRouteApi } from '@tanstack/react-router';
import { HexbinPanel } from '../parts/hexbin-panel.tsx';
import { text } from '../text.ts';
import { KeyChoice } from './key-choice.tsx';
import { useListSearch, useNarrowing } from './list-search.ts';

const route = getRouteApi('/servers');

/** The servers of the query by two of their measures. */
export function ScatterView() {
  const { q, type, x, y } = useListSearch();
  const navigate = route.useNavigate();
  const narrow = useNarrowing();
  return (
    <>
      <div className="view-keys">
        <KeyChoice
          label={text.hexbin.across}
          value={x}
          onChoose={(key) => void navigate({ search: (search) => ({ ...search, x: key }), resetScroll: false })}
        />
        <KeyChoice
          label={text.hexbin.up}
          value={y}
          onChoose={(key) => void navigate({ search: (search) => ({ ...search, y: key }), resetScroll: false })}
        />
      </div>
      <HexbinPanel asked={{ q, type, x, y }} onNarrow={narrow} hasRanges />
    </>
  );
}
