import { getRouteApi, Link } from '@tanstack/react-router';
import { text } from '../text.ts';

const route = getRouteApi('/servers');

/** A link of less than the address says is not where one is. */
const exactly = { exact: true, explicitUndefined: true } as const;

/** How tall the rows are. */
export function DensitySwitch() {
  const { rows: _, ...search } = route.useSearch();
  const { rows = 'usual' } = route.useSearch();
  return (
    <nav className="switch" aria-label={text.list.density}>
      <Link
        to="/servers"
        search={search}
        resetScroll={false}
        activeOptions={exactly}
        aria-current={rows === 'usual' ? 'true' : undefined}
      >
        {text.list.densities.usual}
      </Link>
      <Link
        to="/servers"
        search={{ ...search, rows: 'compact' }}
        resetScroll={false}
        activeOptions={exactly}
        aria-current={rows === 'compact' ? 'true' : undefined}
      >
        {text.list.densities.compact}
      </Link>
    </nav>
  );
}
