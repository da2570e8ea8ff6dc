import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import type { ServerGroups } from '../../../src/server/server-groups-api.ts';
import { serverGroupsQuery } from '../api.ts';
import { formatCount, formatPercent } from '../format.ts';
import { ChartOrTable } from '../parts/chart-or-table.tsx';
import { FailureNotice, Skeleton } from '../parts/notices.tsx';
import { keyLabel } from '../parts/percent-keys.ts';
import { text } from '../text.ts';
import { KeyChoice } from './key-choice.tsx';
import { useListSearch, useNarrowing } from './list-search.ts';
import { MapChart } from './map-chart.tsx';
import type { TileOpening } from './map-layout.ts';
import { MapLegend } from './map-legend.tsx';
import { MapTable } from './map-table.tsx';
import { PeekDrawer } from './peek-drawer.tsx';
import { termOf } from './query-terms.ts';
import { usePeek } from './use-peek.ts';

const route = getRouteApi('/servers');

/** The servers of the query as areas, by account and region. */
export function MapView() {
  const { q, type, color } = useListSearch();
  const navigate = route.useNavigate();
  const peek = usePeek();
  const { data, error, isPlaceholderData, refetch } = useQuery({
    ...serverGroupsQuery(q, type, color),
    placeholderData: keepPreviousData,
  });
  return (
    <>
      <div className="view-keys">
        <KeyChoice
          label={text.map.color}
          value={color}
          onChoose={(key) => void navigate({ search: (search) => ({ ...search, color: key }), resetScroll: false })}
        />
      </div>
      {error !== null ? (
        <FailureNotice error={error} retry={() => void refetch()} />
      ) : data === undefined ? (
        <Skeleton rows={12} />
      ) : (
        <div className={isPlaceholderData ? 'stale' : undefined}>
          <FleetMap map={data.data} />
        </div>
      )}
      {peek.id !== undefined && <PeekDrawer id={peek.id} onClose={() => close(peek)} />}
    </>
  );
}

function close(peek: ReturnType<typeof usePeek>): void {
  peek.close();
  document.querySelector<HTMLElement>('.map-plot')?.focus({ preventScroll: true });
}

function FleetMap({ map }: { map: ServerGroups }) {
  const narrow = useNarrowing();
  const peek = usePeek();
  const open: TileOpening = ({ tile, account, region }) => {
    if (tile.id !== null) return peek.open(tile.id);
    const terms = [termOf('account', [account]), ...(region === null ? [] : [termOf('region', [region])])];
    narrow([...terms, ...(map.level === 'type' ? [termOf('type', [tile.name])] : [])].join(' '));
  };
  return (
    <ChartOrTable
      title={text.map.title(text.map.levels[map.level], keyLabel(map.key))}
      summary={sentence(map)}
      chart={
        <div className="chart-body">
          <MapChart map={map} onOpen={open} />
          <MapLegend keyName={map.key} onNarrow={narrow} />
        </div>
      }
      table={<MapTable map={map} onOpen={open} />}
    />
  );
}

function sentence({ groups, servers, measured, key, level }: ServerGroups): string {
  const tiles = groups.flatMap((group) => group.tiles);
  const unsized = tiles.reduce((sum, tile) => sum + tile.unsized, 0);
  const sum = tiles.reduce((total, { value, measured: count }) => total + (value ?? 0) * count, 0);
  const parts = [
    measured === 0
      ? text.map.noValue(keyLabel(key))
      : text.map.summary(formatCount(servers), keyLabel(key), formatPercent(sum / measured)),
    ...(servers === measured ? [] : [text.map.unmeasured(formatCount(servers - measured))]),
    ...(unsized === 0 ? [] : [text.map.unsized(formatCount(unsized))]),
    ...(level === 'server' ? [] : [text.map.grouped]),
  ];
  return parts.join(' ');
}
