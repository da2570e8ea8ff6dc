import { type KeyboardEvent, type MouseEvent, useEffect, useId, useMemo, useRef, useState } from 'react';
import type { ServerGroups } from '../../../src/server/server-groups-api.ts';
import { formatCount, formatPercent } from '../format.ts';
import { keyLabel } from '../parts/percent-keys.ts';
import { text } from '../text.ts';
import { Hatch } from './map-hatch.tsx';
import { layMap, type MapLayout, nextTile, type PlacedTile, type TileOpening } from './map-layout.ts';
import { toneOfValue } from './map-tone.ts';

interface MapChartProps {
  readonly map: ServerGroups;
  readonly onOpen: TileOpening;
}

/** Areas as large as their vCPUs, coloured by a measure. Arrow keys lead from one to the next; Enter or a click opens it. */
export function MapChart({ map, onOpen }: MapChartProps) {
  const box = useRef<HTMLDivElement>(null);
  const { width, height } = useSize(box);
  const layout = useMemo(() => layMap(map, { x: 0, y: 0, width, height }), [map, width, height]);
  const [chosen, setChosen] = useState<string>();
  const [first] = layout.tiles;
  const active = layout.tiles.find((each) => nameOf(each) === chosen) ?? first;
  const id = useId();

  const tileUnder = ({ clientX, clientY, currentTarget }: MouseEvent) => {
    const { left, top } = currentTarget.getBoundingClientRect();
    return tileAt(layout, clientX - left, clientY - top);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (active === undefined) return;
    const next = nextTile(layout.tiles, active, event.key);
    if (next !== undefined) setChosen(nameOf(next));
    else if (event.key === 'Enter') onOpen(active);
    else return;
    event.preventDefault();
  };
  const onClick = (event: MouseEvent) => {
    const tile = tileUnder(event);
    if (tile === undefined) return;
    setChosen(nameOf(tile));
    onOpen(tile);
  };
  const onPointerMove = (event: MouseEvent) => {
    const tile = tileUnder(event);
    if (tile !== undefined && nameOf(tile) !== chosen) setChosen(nameOf(tile));
  };

  return (
    <figure className="fleet-map">
      <div
        ref={box}
        className="map-plot"
        role="listbox"
        tabIndex={0}
        aria-label={text.map.tiles(text.map.levels[map.level])}
        aria-activedescendant={active && `${id}-${nameOf(active)}`}
        onKeyDown={onKeyDown}
        onClick={onClick}
        onPointerMove={onPointerMove}
      >
        <Drawing layout={layout} width={width} height={height} active={active} level={map.level} />
        {active !== undefined && (
          <div
            role="option"
            className="unseen"
            id={`${id}-${nameOf(active)}`}
            aria-selected="true"
            aria-setsize={layout.tiles.length}
            aria-posinset={layout.tiles.indexOf(active) + 1}
            tabIndex={-1}
          >
            {saying(map, active)}
          </div>
        )}
      </div>
      <figcaption aria-hidden="true">{active && saying(map, active)}</figcaption>
    </figure>
  );
}

/** Unique among the tiles of a map, and without a space: ids are made of it. */
function nameOf({ account, region, tile }: PlacedTile): string {
  return encodeURIComponent(tile.id === null ? `${account}/${region}/${tile.name}` : String(tile.id));
}

function tileAt({ tiles }: MapLayout, x: number, y: number): PlacedTile | undefined {
  return tiles.find((tile) => x >= tile.x && y >= tile.y && x < tile.x + tile.width && y < tile.y + tile.height);
}

function saying({ key }: ServerGroups, { account, region, tile }: PlacedTile): string {
  const names = [account, region, tile.name].filter((name, at, all) => name !== null && all.indexOf(name) === at);
  const value = tile.value === null ? text.map.noData : formatPercent(tile.value);
  return [
    names.join(' · '),
    `${keyLabel(key)} ${value}`,
    ...(tile.vcpus === 0 ? [] : [`${formatCount(tile.vcpus)} ${text.server.cores}`]),
    ...(tile.id === null ? [`${text.fleet.servers}: ${formatCount(tile.servers)}`] : []),
  ].join(' · ');
}

interface DrawingProps {
  readonly layout: MapLayout;
  readonly width: number;
  readonly height: number;
  readonly active: PlacedTile | undefined;
  readonly level: ServerGroups['level'];
}

/** Tiles of less than this have no room for their name. */
const namedWidth = 58;
const namedHeight = 18;

/** One path for all tiles of a colour. */
function Drawing({ layout: { tiles, headings }, width, height, active, level }: DrawingProps) {
  const hatch = useId();
  const tones = useMemo(
    () =>
      [...Map.groupBy(tiles, ({ tile }) => toneOfValue(tile.value))].map(([tone, same]) => ({
        tone,
        path: same.map(pathOf).join(''),
      })),
    [tiles],
  );
  return (
    <>
      <svg width={width} height={height} aria-hidden="true">
        <Hatch id={hatch} />
        {tones.map(({ tone, path }) => (
          <path
            key={tone}
            className={tone === 0 ? 'no-tone' : `tone-${tone}`}
            fill={tone === 0 ? `url(#${hatch})` : undefined}
            d={path}
          />
        ))}
        {active !== undefined && <path className="map-cursor" d={pathOf(active)} />}
      </svg>
      {headings.map(({ x, y, width: wide, height: high, text: name, kind }) => (
        <b
          key={`${kind} ${x} ${y}`}
          className={`map-heading ${kind}`}
          aria-hidden="true"
          style={{ left: x, top: y, width: wide, height: high }}
        >
          {name}
        </b>
      ))}
      {level !== 'server' &&
        tiles
          .filter((tile) => tile.width >= namedWidth && tile.height >= namedHeight)
          .map(({ x, y, width: wide, tile }) => (
            <span
              key={`${x} ${y}`}
              className={`map-name tone-${toneOfValue(tile.value)}`}
              aria-hidden="true"
              style={{ left: x, top: y, maxWidth: wide }}
            >
              {tile.name}
            </span>
          ))}
    </>
  );
}

function pathOf({ x, y, width, height }: PlacedTile): string {
  return `M${x.toFixed(1)} ${y.toFixed(1)}h${width.toFixed(1)}v${height.toFixed(1)}h-${width.toFixed(1)}z`;
}

/** Of a box whose height follows from its style, in pixels. */
function useSize(box: React.RefObject<HTMLDivElement | null>) {
  const [size, setSize] = useState({ width: 600, height: 420 });
  useEffect(() => {
    const element = box.current;
    if (element === null) return;
    const look = () => setSize({ width: element.clientWidth, height: element.clientHeight });
    const sizes = new ResizeObserver(look);
    sizes.observe(element);
    return () => sizes.disconnect();
  }, [box]);
  return size;
}
