import type { Fleet } from '#model/fleet.ts';
import { anyRegion } from '#model/region.ts';
import type { AccountStore } from '#store/accounts.ts';
import type { RunOptions } from './options.ts';
import type { SelectedPlace, Selection } from './selection.ts';
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
  const found = selection.places.map((place) => ({ place, doors: doorsTo(targets, place) }));
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
  return selection?.only((place) => refusing.has(place.provider) || doorsTo(targets, place).length > 0);
}

/** How many selected servers a place of a target has, as the inventory knows them. */
export function selectedIn({ places }: Selection, target: Target, fleet: Fleet, region: string): number {
  return places
    .filter((place) => place.provider === target.provider.id && opens(fleet, place.account))
    .filter((place) => (fleet.isRegional ? place.region === region : keepsRegion(target, place.region)))
    .reduce((sum, { servers }) => sum + servers, 0);
}

interface Door {
  readonly target: Target;
  readonly access: AccountAccess;
}

/** What opens the account of a place. */
function doorsTo(
  targets: readonly ConnectedTarget[],
  { provider, account }: Pick<SelectedPlace, 'provider' | 'account'>,
): Door[] {
  return targets.flatMap(({ target, outcome }) => {
    if (target.provider.id !== provider || 'error' in outcome) return [];
    return outcome.accounts.filter(({ fleet }) => opens(fleet, account)).map((access) => ({ target, access }));
  });
}

function opens({ account, accounts = [account] }: Fleet, wanted: string): boolean {
  return accounts.includes(wanted);
}

/** Also where its regions cannot be listed: then why is told of the account. */
function reads({ target, access: { fleet, regions } }: Door, { region }: SelectedPlace): boolean {
  if ('error' in regions) return true;
  return fleet.isRegional ? regions.includes(region) : regions.length > 0 && keepsRegion(target, region);
}

function accessToSelected({ provider }: Target, access: AccountAccess, { places, has }: Selection): AccountAccess[] {
  const { fleet, regions, selects } = access;
  const own = new Set(
    places.filter((place) => place.provider === provider.id && opens(fleet, place.account)).map(({ region }) => region),
  );
  if (own.size === 0) return [];
  const narrowed = {
    fleet,
    selects: (resource: Parameters<typeof selects>[0]) => selects(resource) && has(resource),
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
