import type { SelectedPlace, Selection } from './selection.ts';
import type { AccountAccess, ConnectedTarget, Target } from './targets.ts';

/** Selected servers of an account that no target opens. */
export type Unopened = Omit<SelectedPlace, 'region'>;

interface Narrowed {
  readonly targets: readonly ConnectedTarget[];
  readonly unopened: readonly Unopened[];
}

/**
 * The accounts and regions that a selection lies in, each with the selected servers alone: nothing else is looked at. A target that
 * refuses is kept where it may be what opens some of them.
 */
export function onlySelected(targets: readonly ConnectedTarget[], selection: Selection): Narrowed {
  const unopened = selection.places.filter((place) => !targets.some((target) => opensPlace(target, place)));
  const narrowed = targets.flatMap((connected): ConnectedTarget[] => {
    const { target, outcome } = connected;
    if ('error' in outcome) return unopened.some(({ provider }) => provider === target.provider.id) ? [connected] : [];
    const accounts = outcome.accounts.flatMap((access) => accessToSelected(target, access, selection));
    return [{ target, outcome: { ...outcome, accounts } }];
  });
  const refusing = new Set(narrowed.flatMap(({ target, outcome }) => ('error' in outcome ? target.provider.id : [])));
  return { targets: narrowed, unopened: byAccount(unopened.filter(({ provider }) => !refusing.has(provider))) };
}

function opensPlace({ target, outcome }: ConnectedTarget, { provider, account }: SelectedPlace): boolean {
  return (
    target.provider.id === provider &&
    'accounts' in outcome &&
    outcome.accounts.some((access) => opens(access, account))
  );
}

function opens({ fleet }: AccountAccess, account: string): boolean {
  return (fleet.accounts ?? [fleet.account]).includes(account);
}

function accessToSelected({ provider }: Target, access: AccountAccess, { places, has }: Selection): AccountAccess[] {
  const { fleet, regions, selects } = access;
  const own = new Set(
    places
      .filter((place) => place.provider === provider.id && opens(access, place.account))
      .map(({ region }) => region),
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

function byAccount(places: readonly SelectedPlace[]): Unopened[] {
  return [...Map.groupBy(places, ({ provider, account }) => `${provider} ${account}`).values()].flatMap((own) => {
    const [first] = own;
    if (first === undefined) return [];
    const { provider, account } = first;
    return [{ provider, account, servers: own.reduce((sum, { servers }) => sum + servers, 0) }];
  });
}
