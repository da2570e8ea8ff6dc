import type { ServerGroups, ServerTile } from '../../../src/server/server-groups-api.ts';
import { type Rectangle, squarify } from './squarify.ts';

export interface PlacedTile extends Rectangle {
  readonly tile: ServerTile;
  readonly account: string;
  readonly region: string | null;
}

/** Opens the server of a tile, or the list of those in it. */
export type TileOpening = (place: Pick<PlacedTile, 'tile' | 'account' | 'region'>) => void;

/** A line over an account or a region. */
interface Heading extends Rectangle {
  readonly text: string;
  readonly kind: 'account' | 'region';
}

export interface MapLayout {
  readonly tiles: readonly PlacedTile[];
  readonly headings: readonly Heading[];
}

const accountLine = 18;
const regionLine = 15;
const gap = 1;

/** vCPUs; a server of which they are not known counts as one. */
export function sizeOf({ vcpus, unsized }: ServerTile): number {
  return vcpus + unsized;
}

/** Accounts in the whole, regions in an account, tiles in a region: each as large as what is in it. */
export function layMap({ groups, level }: Pick<ServerGroups, 'groups' | 'level'>, whole: Rectangle): MapLayout {
  const tiles: PlacedTile[] = [];
  const headings: Heading[] = [];
  const accounts = [...Map.groupBy(groups, ({ account }) => account)];
  const rooms = squarify(
    accounts.map(([, regions]) => sumOf(regions.flatMap((region) => region.tiles))),
    whole,
  );
  accounts.forEach(([account, regions], at) => {
    const room = inset(rooms[at] ?? whole, gap);
    // A tile that is an account says its name itself.
    const inside = level === 'account' ? room : below(room, accountLine, account, 'account');
    const fields = squarify(
      regions.map((region) => sumOf(region.tiles)),
      inside,
    );
    regions.forEach(({ region, tiles: own }, index) => {
      const field = inset(fields[index] ?? inside, gap);
      const isNamed = level === 'server' || level === 'type';
      const plot = isNamed && region !== null ? below(field, regionLine, region, 'region') : field;
      const places = squarify(own.map(sizeOf), plot);
      own.forEach((tile, place) => {
        const at = places[place];
        if (at !== undefined) tiles.push({ ...at, tile, account, region });
      });
    });
  });
  return { tiles, headings };

  /** What is left of a room below its line; all of it where a line would be most of it. */
  function below(room: Rectangle, line: number, text: string, kind: Heading['kind']): Rectangle {
    if (room.height < line * 2 || room.width < 36) return room;
    headings.push({ ...room, height: line, text, kind });
    return { ...room, y: room.y + line, height: room.height - line };
  }
}

function sumOf(tiles: readonly ServerTile[]): number {
  return tiles.reduce((sum, tile) => sum + sizeOf(tile), 0);
}

function inset({ x, y, width, height }: Rectangle, by: number): Rectangle {
  return { x: x + by, y: y + by, width: Math.max(0, width - 2 * by), height: Math.max(0, height - 2 * by) };
}

/** Where a key leads from a tile: to the nearest one in that direction, rather straight on than aside. */
export function nextTile(tiles: readonly PlacedTile[], from: PlacedTile, key: string): PlacedTile | undefined {
  if (key === 'Home') return tiles[0];
  if (key === 'End') return tiles.at(-1);
  const heading = headingOf(key);
  if (heading === undefined) return undefined;
  const centre = ({ x, y, width, height }: PlacedTile) => ({ x: x + width / 2, y: y + height / 2 });
  const start = centre(from);
  let best: { readonly tile: PlacedTile; readonly cost: number } | undefined;
  for (const tile of tiles) {
    const [dx, dy] = [centre(tile).x - start.x, centre(tile).y - start.y];
    const ahead = dx * heading.x + dy * heading.y;
    const cost = ahead + 3 * (Math.abs(dx * heading.y) + Math.abs(dy * heading.x));
    if (ahead > 0.5 && (best === undefined || cost < best.cost)) best = { tile, cost };
  }
  return best?.tile ?? from;
}

function headingOf(key: string): { readonly x: number; readonly y: number } | undefined {
  if (key === 'ArrowRight') return { x: 1, y: 0 };
  if (key === 'ArrowLeft') return { x: -1, y: 0 };
  if (key === 'ArrowDown') return { x: 0, y: 1 };
  if (key === 'ArrowUp') return { x: 0, y: -1 };
  return undefined;
}
