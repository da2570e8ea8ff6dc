import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { InventoryStore } from '#store/inventory.ts';
import { percentKeys, type RecordPoint, type TypeGroup } from '#store/record-shapes.ts';
import { jsonRoute } from './route.ts';
import { ServerGroups, type ServerTile } from './server-groups-api.ts';
import { conditionOf, QueryText, TypeName } from './server-query.ts';
import type { ServerSource } from './server-routes.ts';

const GroupsQuery = z.strictObject({ type: TypeName, q: QueryText, key: z.enum(percentKeys).default('cpu.avg') });

/** Above so many servers a tile is a group of them. */
const mostServers = 5000;
/** Above so many pairs of account and region a tile is an account. */
const mostRegions = 1500;

export function groupRoutes(app: FastifyInstance, { store: { inventory }, types }: ServerSource): void {
  jsonRoute(
    app,
    'GET',
    '/servers/groups',
    {
      id: 'listServerGroups',
      summary: 'Servers by account and region, with their size and one measure: of a large fleet in groups.',
      query: GroupsQuery,
      replies: { data: ServerGroups },
    },
    async ({ query: { type, q, key } }) => {
      const filter = { condition: conditionOf(type, types, q) };
      const groups = await inventory.groups(key, filter);
      const level = levelOf(groups);
      const sizes = await sizesOf(inventory, groups);
      const tiles =
        level === 'server'
          ? (await inventory.points(key, filter)).map((point) => tileOfServer(point, sizes))
          : [...Map.groupBy(groups, (group) => placeOf(group, level))].map(([, same]) =>
              tileOfGroup(same, level, sizes),
            );
      const placed = Map.groupBy(tiles, ({ account, region }) => JSON.stringify([account, region]));
      return {
        data: {
          key,
          level,
          servers: groups.reduce((sum, { servers }) => sum + servers, 0),
          measured: groups.reduce((sum, { measured }) => sum + measured, 0),
          groups: [...placed.values()].map((same) => ({
            account: same[0]?.account ?? '',
            region: same[0]?.region ?? null,
            tiles: same.map(({ tile }) => tile),
          })),
        },
      };
    },
  );
}

type Level = ServerGroups['level'];

interface PlacedTile {
  readonly account: string;
  readonly region: string | null;
  readonly tile: ServerTile;
}

function levelOf(groups: readonly TypeGroup[]): Level {
  if (groups.reduce((sum, { servers }) => sum + servers, 0) <= mostServers) return 'server';
  const regions = new Set(groups.map(({ account, region }) => JSON.stringify([account, region])));
  if (regions.size === 1) return 'type';
  return regions.size <= mostRegions ? 'region' : 'account';
}

function placeOf({ account, region, type }: TypeGroup, level: Level): string {
  if (level === 'account') return account;
  return JSON.stringify(level === 'region' ? [account, region] : [account, region, type]);
}

/** vCPUs of a type, by provider and type. */
type Sizes = ReadonlyMap<string, number>;

const typeName = ({ provider, type }: { readonly provider: string; readonly type: string }) => `${provider} ${type}`;

/**
 * The number of vCPUs is in the record alone, and a type has one: its first and its last record tell. Where they differ it is not
 * known, nor where a record has no type.
 */
async function sizesOf(inventory: InventoryStore, groups: readonly TypeGroup[]): Promise<Sizes> {
  const named = Map.groupBy(
    groups.filter(({ type }) => type !== ''),
    typeName,
  );
  const ends = [...named].map(([name, same]) => ({
    name,
    ids: [Math.min(...same.map(({ first }) => first)), Math.max(...same.map(({ last }) => last))],
  }));
  const records = await inventory.records([...new Set(ends.flatMap(({ ids }) => ids))]);
  const cores = new Map(records.map(({ id, record }) => [id, record.data.hardware?.core]));
  return new Map(
    ends.flatMap(({ name, ids }) => {
      const [one, other] = ids.map((id) => cores.get(id));
      return one !== undefined && one > 0 && one === other ? [[name, one] as const] : [];
    }),
  );
}

function tileOfServer(point: RecordPoint, sizes: Sizes): PlacedTile {
  const { id, name, resourceId, account, region, value } = point;
  const vcpus = sizes.get(typeName(point));
  return {
    account,
    region,
    tile: {
      id,
      name: name || resourceId,
      servers: 1,
      measured: value === null ? 0 : 1,
      value: value === null ? null : rounded(value),
      vcpus: vcpus ?? 0,
      unsized: vcpus === undefined ? 1 : 0,
    },
  };
}

function tileOfGroup(same: readonly TypeGroup[], level: Level, sizes: Sizes): PlacedTile {
  const sum = (of: (group: TypeGroup) => number) => same.reduce((total, group) => total + of(group), 0);
  const { account = '', region = '', type = '' } = same[0] ?? {};
  const measured = sum((group) => group.measured);
  return {
    account,
    region: level === 'account' ? null : region,
    tile: {
      id: null,
      name: level === 'account' ? account : level === 'region' ? region : type,
      servers: sum((group) => group.servers),
      measured,
      value: measured === 0 ? null : rounded(sum((group) => group.sum) / measured),
      vcpus: sum((group) => group.servers * (sizes.get(typeName(group)) ?? 0)),
      unsized: sum((group) => (sizes.has(typeName(group)) ? 0 : group.servers)),
    },
  };
}

function rounded(percent: number): number {
  return Math.round(percent * 100) / 100;
}
