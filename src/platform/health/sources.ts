import type { Provider } from '#model/provider.ts';
import { quarterAt, type RegionQuarter } from '#store/call-quarters.ts';
import type { Store } from '#store/store.ts';
import { type CallFigures, figuresOf, type healthStates, quotaShare, stripCells } from './call-figures.ts';

type ProviderFacts = Pick<Provider, 'id' | 'name' | 'metricApi' | 'limits'>;

/** How the API of a provider that answers for metrics does, in one region or in all those that are alike. */
export interface Source {
  /** `azure`, or `azure:koreacentral` for a region that stands alone. */
  readonly id: string;
  readonly provider: ProviderFacts;
  /** Those that were asked. */
  readonly regions: readonly string[];
  /** Of the region where most were asked. */
  readonly accounts: number;
  readonly figures: CallFigures;
  /** Of the limit that we hold ourselves to, in the busiest quarter of one account and region; undefined without a limit or a call. */
  readonly quota: number | undefined;
}

/** The first quarter of the strip that ends now. */
export function stripStart(now: number): number {
  return quarterAt(now) - stripCells + 1;
}

/**
 * The sources of all providers that are saved or were asked, trouble first: a region that is not well stands alone, those of a
 * provider that are well stand together.
 */
export async function readSources(
  store: Store,
  loadProvider: (id: string) => Promise<ProviderFacts>,
  now: number,
): Promise<readonly Source[]> {
  const rows = await store.callQuarters.byRegion(stripStart(now));
  const saved = await store.accounts.list();
  const ids = [...new Set([...saved.map(({ provider }) => provider), ...rows.map(({ provider }) => provider)])];
  const sources = await Promise.all(
    ids.map(async (id) => {
      const provider = await knownOrNamed(id, loadProvider);
      return sourcesOf(
        provider,
        rows.filter((row) => row.provider === id),
        now,
      );
    }),
  );
  const rank = ({ figures }: Source) => trouble.indexOf(figures.state);
  return sources.flat().toSorted((a, b) => rank(a) - rank(b) || a.id.localeCompare(b.id));
}

const trouble = ['failing', 'degraded', 'ok', 'not_asked'] as const satisfies readonly (typeof healthStates)[number][];

/** @param region one alone; all of the provider together where absent */
export async function readSource(
  store: Store,
  provider: ProviderFacts,
  region: string | undefined,
  now: number,
): Promise<Source> {
  const rows = await store.callQuarters.byRegion(stripStart(now));
  const own = rows.filter((row) => row.provider === provider.id && row.region === (region ?? row.region));
  const id = region === undefined ? provider.id : sourceId(provider.id, region);
  return sourceOf(id, provider, own, now);
}

export function sourceId(provider: string, region: string): string {
  return `${provider}:${region}`;
}

/** The provider of a source, and the region where it is of one alone. */
export function placeOf(id: string): { readonly provider: string; readonly region: string | undefined } {
  const colon = id.indexOf(':');
  if (colon < 0) return { provider: id, region: undefined };
  return { provider: id.slice(0, colon), region: id.slice(colon + 1) };
}

/** A provider that this release does not have any more has its name left. */
async function knownOrNamed(id: string, load: (id: string) => Promise<ProviderFacts>): Promise<ProviderFacts> {
  try {
    return await load(id);
  } catch {
    return { id, name: id, metricApi: id, limits: {} };
  }
}

function sourcesOf(provider: ProviderFacts, rows: readonly RegionQuarter[], now: number): Source[] {
  const regions = [...Map.groupBy(rows, ({ region }) => region)];
  const alone = regions.map(([region, own]) => sourceOf(sourceId(provider.id, region), provider, own, now));
  const well = alone.filter(({ figures }) => figures.state === 'ok');
  const ill = alone.filter(({ figures }) => figures.state !== 'ok');
  const named = new Set(well.flatMap((source) => source.regions));
  const together = rows.filter(({ region }) => named.has(region));
  return well.length > 0 || ill.length === 0 ? [...ill, sourceOf(provider.id, provider, together, now)] : ill;
}

function sourceOf(id: string, provider: ProviderFacts, rows: readonly RegionQuarter[], now: number): Source {
  const start = stripStart(now);
  const limit = provider.limits[provider.metricApi];
  const busiest = Math.max(0, ...rows.map((row) => row.busiest));
  return {
    id,
    provider,
    regions: [...new Set(rows.map(({ region }) => region))],
    accounts: Math.max(0, ...rows.map(({ accounts }) => accounts)),
    figures: figuresOf(rows.map((row) => ({ ...row, cell: row.quarter - start }))),
    quota: limit === undefined || busiest === 0 ? undefined : quotaShare(busiest, limit.perSecond),
  };
}
