import type { Fleet } from '#model/fleet.ts';
import { anyRegion } from '#model/region.ts';
import type { AccountStore } from '#store/accounts.ts';
import type { Condition } from '#store/query/condition.ts';
import type { RunOptions } from './options.ts';
import { accountKey, type SelectedPlace, type Selection } from './selection.ts';
import { type AccountAccess, type ConnectedTarget, keepsRegion, type Target } from './targets.ts';

interface Narrowed {
  readonly targets: readonly ConnectedTarget[];
  /** Where no target reads selected servers; in `anyRegion` where none opens their account. */
  readonly unopened: readonly SelectedPlace[];
}

/**
 * The accounts and regions that a selection lies in, each with the selected servers alone: nothing else is looked at. A target that
 * refuses is kept where it may be what opens some of them.
 */
export function onlySelected(targets: readonly ConnectedTarget[], selection: Selection): Narrowed {
  const doors = doorsOf(targets);
  const found = selection.places.map((place) => ({ place, doors: doors.get(accountKey(place)) ?? [] }));
  const closed = found.flatMap(({ place, doors }) => (doors.length === 0 ? [place] : []));
  const outside = found.flatMap(({ place, doors }) =>
    doors.length === 0 || doors.some((door) => reads(door, place)) ? [] : [place],
  );
  const narrowed = targets.flatMap((connected): ConnectedTarget[] => {
    const { target, outcome } = connected;
    if ('error' in outcome) return closed.some(({ provider }) => provider === target.provider.id) ? [connected] : [];
    const accounts = outcome.accounts.flatMap((access) => accessToSelected(target, access, selection));
    return [{ target, outcome: { ...outcome, accounts } }];
  });
  const refusing = new Set(narrowed.flatMap(({ target, outcome }) => ('error' in outcome ? target.provider.id : [])));
  const lost = closed.filter(({ provider }) => !refusing.has(provider));
  return { targets: narrowed, unopened: [...byAccount(lost), ...outside] };
}

/**
 * What of a selection is meant, once it is known what opens which account: a filter is of the servers of the accounts that a run
 * reads, where these are not all that are saved. Servers that were picked are meant wherever they are.
 */
export async function meantServers(
  selection: Selection | undefined,
  targets: readonly ConnectedTarget[],
  { filter, accounts }: Pick<RunOptions, 'filter' | 'accounts'>,
  saved: AccountStore,
): Promise<Selection | undefined> {
  if (filter === undefined || accounts.length === 0) return selection;
  if ((await saved.list()).every(({ name }) => accounts.includes(name))) return selection;
  const refusing = new Set(targets.flatMap(({ target, outcome }) => ('error' in outcome ? target.provider.id : [])));
  const doors = doorsOf(targets);
  return selection?.only((place) => refusing.has(place.provider) || doors.has(accountKey(place)));
}

/** How many selected servers a place of a target has, as the inventory knows them. */
export function selectedIn(selection: Selection, target: Target, fleet: Fleet, region: string): number {
  return placesIn(selection, target, fleet)
    .filter((place) => (fleet.isRegional ? place.region === region : keepsRegion(target, place.region)))
    .reduce((sum, { servers }) => sum + servers, 0);
}

/** Where all of a selection lies that a place of a target may have. */
export function placeOfSelected({ provider }: Target, fleet: Fleet, region: string): Condition {
  return {
    all: [
      { path: ['provider'], is: 'equal', value: provider.id },
      { path: ['account'], is: 'one of', values: [...accountsOf(fleet)] },
      ...(fleet.isRegional ? [{ path: ['region_code'], is: 'equal', value: region } as const] : []),
    ],
  };
}

/** What opens one account. */
interface Door {
  readonly target: Target;
  readonly access: AccountAccess;
  readonly account: string;
}

/** By the keys of the accounts that they open. */
function doorsOf(targets: readonly ConnectedTarget[]): ReadonlyMap<string, readonly Door[]> {
  const doors = targets.flatMap(({ target, outcome }) =>
    'error' in outcome
      ? []
      : outcome.accounts.flatMap((access) =>
          [...accountsOf(access.fleet)].map((account): Door => ({ target, access, account })),
        ),
  );
  return Map.groupBy(doors, ({ target, account }) => accountKey({ provider: target.provider.id, account }));
}

function accountsOf({ account, accounts = [account] }: Fleet): ReadonlySet<string> {
  return new Set(accounts);
}

/** Where a selection lies in the accounts of a fleet. */
function placesIn(selection: Selection, { provider }: Target, fleet: Fleet): SelectedPlace[] {
  return [...accountsOf(fleet)].flatMap((account) => selection.placesIn(provider.id, account));
}

/** Also where its regions cannot be listed: then why is told of the account. */
function reads({ target, access: { fleet, regions } }: Door, { region }: SelectedPlace): boolean {
  if ('error' in regions) return true;
  return fleet.isRegional ? regions.includes(region) : regions.length > 0 && keepsRegion(target, region);
}

function accessToSelected(target: Target, access: AccountAccess, selection: Selection): AccountAccess[] {
  const { fleet, regions, selects } = access;
  const own = new Set(placesIn(selection, target, fleet).map(({ region }) => region));
  if (own.size === 0) return [];
  const narrowed = {
    fleet,
    selects: (resource: Parameters<typeof selects>[0]) => selects(resource) && selection.has(resource),
  };
  if (!fleet.isRegional) return [{ ...narrowed, regions }];
  // Their regions are known, also where the cloud does not list them.
  return [{ ...narrowed, regions: 'error' in regions ? [...own] : regions.filter((region) => own.has(region)) }];
}

function byAccount(places: readonly SelectedPlace[]): SelectedPlace[] {
  return [...Map.groupBy(places, ({ provider, account }) => `${provider} ${account}`).values()].flatMap((own) => {
    const [first] = own;
    if (first === undefined) return [];
    const { provider, account } = first;
    return [{ provider, account, region: anyRegion, servers: own.reduce((sum, { servers }) => sum + servers, 0) }];
  });
}
