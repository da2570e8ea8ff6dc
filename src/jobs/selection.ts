import { CollectError } from '#model/errors.ts';
import type { Resource } from '#model/resource.ts';
import type { ProviderTypes } from '#model/resource-type.ts';
import {
  absentState,
  type InventoryStore,
  type RecordFilter,
  type RecordId,
  type RecordLine,
} from '#store/inventory.ts';
import { type Condition, idPath, statePath } from '#store/query/condition.ts';
import { conditionOfType } from '#store/query/resource-type.ts';
import { conditionOfText } from '#store/query/text.ts';
import { mostSelected, type RunOptions } from './options.ts';

/** Servers that a run is limited to, as the inventory knows them. */
export interface Selection {
  readonly ids: readonly RecordId[];
  readonly places: readonly SelectedPlace[];
  /** Those of its places that are in an account. */
  placesIn(provider: string, account: string): readonly SelectedPlace[];
  readonly has: (resource: Resource) => boolean;
  /** What of it lies in some places. */
  only(isWanted: (place: Omit<SelectedPlace, 'servers'>) => boolean): Selection;
}

/** How many of them are in one region of an account. */
export interface SelectedPlace {
  readonly provider: string;
  /** The cloud's own id. */
  readonly account: string;
  readonly region: string;
  readonly servers: number;
}

type Wanted = Pick<RunOptions, 'filter' | 'servers' | 'types' | 'regions'>;

/** In one statement. */
const idsAtOnce = 1_000;

/**
 * The servers that a run is limited to; undefined where it is not. Once they are in its options it asks for these, whatever its
 * filter would find by then.
 *
 * @param known types of the providers that the run reads
 * @throws CollectError `invalid_query`; `invalid_input` where nothing is selected, or too much
 */
export async function selectionOf(
  inventory: InventoryStore,
  { filter, servers, types, regions }: Wanted,
  known: readonly ProviderTypes[],
): Promise<Selection | undefined> {
  if (servers !== undefined) {
    const ids = [...new Set(servers)];
    return selected(ids, await linesOfIds(inventory, ids), 'servers');
  }
  if (filter === undefined) return undefined;
  const condition: Condition = {
    all: [
      conditionOfText(filter),
      { any: types.map((type) => conditionOfType(type, known)) },
      { not: { path: [statePath], is: 'equal', value: absentState } },
      ...(regions.length === 0 ? [] : [{ path: ['region_code'], is: 'one of', values: regions } as const]),
    ],
  };
  await refuseTooMany(inventory, condition, filter);
  const lines = await linesOf(inventory, { condition });
  const ids = lines.map(({ id }) => id);
  return selected(ids, lines, filter);
}

/** What of servers that were picked lies where one task reads; it may be nothing. */
export async function selectionWithin(
  inventory: InventoryStore,
  servers: readonly RecordId[],
  place: Condition,
): Promise<Selection> {
  const lines = await linesOfIds(inventory, [...new Set(servers)], [place]);
  const ids = lines.map(({ id }) => id);
  return selectionOfLines(ids, lines);
}

async function refuseTooMany(inventory: InventoryStore, condition: Condition, where: string): Promise<void> {
  const count = await inventory.count({ condition });
  if (count <= mostSelected) return;
  throw new CollectError('invalid_input', `${count} servers fit, and a run can be limited to ${mostSelected} at most`, {
    where,
    fix: 'narrow the filter, or read whole accounts and regions',
  });
}

async function linesOfIds(
  inventory: InventoryStore,
  ids: readonly RecordId[],
  others: readonly Condition[] = [],
): Promise<RecordLine[]> {
  const lines: RecordLine[] = [];
  for (let from = 0; from < ids.length; from += idsAtOnce) {
    const values = ids.slice(from, from + idsAtOnce);
    const condition = { all: [{ path: [idPath], is: 'one of', values } as const, ...others] };
    lines.push(...(await linesOf(inventory, { condition })));
  }
  return lines;
}

async function linesOf(inventory: InventoryStore, filter: RecordFilter): Promise<RecordLine[]> {
  return (await Array.fromAsync(inventory.lines(filter))).flat();
}

function selected(ids: readonly RecordId[], lines: readonly RecordLine[], where: string): Selection {
  refuseUnknown(ids, lines, where);
  return selectionOfLines(ids, lines);
}

/** @throws CollectError `invalid_input` where the inventory has not got all of them */
function refuseUnknown(ids: readonly RecordId[], lines: readonly RecordLine[], where: string): void {
  if (lines.length === 0) {
    throw new CollectError('invalid_input', 'the inventory has no such server, so there is nothing to read', {
      where,
      fix: 'see what a filter finds: fleetgauge server list --filter; servers that are new are found by a run without one',
    });
  }
  if (lines.length === ids.length) return;
  const unknown = new Set(ids).difference(new Set(lines.map(({ id }) => id)));
  throw new CollectError('invalid_input', `the inventory has no server of ${unknown.size} of these ids`, {
    where: `${where}: ${[...unknown].slice(0, 10).join(', ')}`,
    fix: 'leave them out: fleetgauge server list shows which there are',
  });
}

function selectionOfLines(ids: readonly RecordId[], lines: readonly RecordLine[]): Selection {
  const keys = new Set(lines.map(({ resourceId: id, ...line }) => keyOf({ ...line, id })));
  const places = placesOf(lines);
  const byAccount = Map.groupBy(places, accountKey);
  return {
    ids,
    places,
    placesIn: (provider, account) => byAccount.get(accountKey({ provider, account })) ?? [],
    has: (resource) => keys.has(keyOf(resource)),
    only(isWanted) {
      const wanted = lines.filter(isWanted);
      const own = new Set(wanted.map(({ id }) => id));
      return selectionOfLines(
        ids.filter((id) => own.has(id)),
        wanted,
      );
    },
  };
}

function placesOf(lines: readonly RecordLine[]): SelectedPlace[] {
  const byPlace = Map.groupBy(lines, (line) => keyOf({ ...line, id: '' }));
  return [...byPlace.values()].flatMap((own) => {
    const [first] = own;
    if (first === undefined) return [];
    const { provider, account, region } = first;
    return [{ provider, account, region, servers: own.length }];
  });
}

/** Tells accounts of clouds apart. */
export function accountKey({ provider, account }: Pick<Resource, 'provider' | 'account'>): string {
  return [provider, account].join('\n');
}

function keyOf({ provider, account, region, id }: Pick<Resource, 'provider' | 'account' | 'region' | 'id'>): string {
  return [provider, account, region, id].join('\n');
}
