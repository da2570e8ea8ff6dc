import { CollectError } from '#model/errors.ts';
import { dayAt, daySeconds, startOf } from '#model/window.ts';
import type { PrometheusApi } from './api.ts';
import type { Exporter } from './exporters/exporter.ts';
import { type Labels, oneOf, select } from './promql.ts';
import { lastOf, nameIn, readable } from './server.ts';

/** What discovery asks with. */
export interface DiscoveryContext {
  readonly api: PrometheusApi;
  readonly account: string;
  /** That every query carries. */
  readonly matchers: readonly string[];
  /** Labels that tell servers apart besides the exporter's own. */
  readonly keyLabels: readonly string[];
  readonly lookbackDays: number;
  /** Epoch seconds, by the server's clock. */
  readonly at: number;
  readonly signal: AbortSignal;
}

/** A server's time in the metrics, as far back as discovery looks. */
export interface Life {
  readonly name: string;
  /** Of its identity; the newest where they have changed. */
  readonly labels: Labels;
  readonly isHere: boolean;
  /** Several jobs scrape it. */
  readonly isDoubled: boolean;
  /** Epoch seconds; where it is gone. */
  readonly lastSeenAt: number | undefined;
  /** Epoch seconds; where it has come within the last two days. */
  readonly firstSeenAt: number | undefined;
}

/** Names that one query of discovery carries. */
export const namesPerQuery = 200;

/** Servers that are there now, and those that were there but are gone. Three calls, and more only for those that come and go. */
export async function livesOf(context: DiscoveryContext, exporter: Exporter): Promise<Life[]> {
  const { api, at, lookbackDays, matchers, signal } = context;
  const identity = select(exporter.identity, matchers);
  const by = [...context.keyLabels, ...exporter.by];
  const from = at - lookbackDays * daySeconds;
  const yesterday = startOf(dayAt(at) - 1);
  const all = byName(await api.series(identity, from, at, signal), by);
  if (all.size === 0) return [];
  const here = byName(
    (await api.instant(identity, at, signal)).map(({ labels }) => labels),
    by,
  );
  const before = byName(await api.series(identity, from, yesterday, signal), by);
  const gone = [...all.keys()].filter((name) => !here.has(name));
  const young = [...all.keys(), ...here.keys()].filter((name) => !before.has(name));
  const last = await seen(context, exporter, by, new Set(gone), 'max', at - from);
  const first = await seen(context, exporter, by, new Set(young), 'min', at - yesterday);
  return [...new Map([...all, ...here])].map(([name, past]) => {
    const present = here.get(name) ?? [];
    refuseShared(name, present, exporter, context);
    const lastSeen = last.get(name);
    return {
      name,
      labels: present[0] ?? lastSeen?.labels ?? past[0] ?? {},
      isHere: present.length > 0,
      isDoubled: present.length > 1,
      lastSeenAt: lastSeen?.time,
      firstSeenAt: first.get(name)?.time,
    };
  });
}

interface Sighting {
  readonly time: number;
  readonly labels: Labels;
}

/** When servers were seen for the last or the first time, to five minutes where they are not seen for as long. */
async function seen(
  { api, at, matchers, signal }: DiscoveryContext,
  { identity }: Exporter,
  by: readonly string[],
  names: ReadonlySet<string>,
  statistic: 'max' | 'min',
  seconds: number,
): Promise<Map<string, Sighting>> {
  const found = new Map<string, Sighting>();
  for (const some of chunks([...names], namesPerQuery)) {
    const selector = select(identity, [...matchers, oneOf(by.at(-1) ?? '', new Set(some.map(lastOf)))]);
    const query = `${statistic}_over_time(timestamp(${selector})[${Math.floor(seconds)}s:5m])`;
    for (const { labels, value } of await api.instant(query, at, signal)) {
      const name = nameIn(labels, by);
      if (name === undefined) continue;
      const known = found.get(name);
      const isFurther = known === undefined || (statistic === 'max' ? value > known.time : value < known.time);
      if (isFurther) found.set(name, { time: value, labels });
    }
  }
  return found;
}

/** Two servers under one name would be added up. */
function refuseShared(
  name: string,
  present: readonly Labels[],
  { describe, by }: Exporter,
  { account }: DiscoveryContext,
): void {
  const hosts = new Set(present.map((labels) => describe(labels).name));
  if (hosts.size < 2) return;
  throw new CollectError(
    'invalid_input',
    `${[...hosts].join(' and ')} have the same ${by.join(' and ')}: ${readable(name)}`,
    {
      where: `${account}/global`,
      fix: 'name the label that tells them apart with --key-label, such as --key-label cluster',
    },
  );
}

function byName(sets: readonly Labels[], by: readonly string[]): Map<string, Labels[]> {
  const named = new Map<string, Labels[]>();
  for (const labels of sets) {
    const name = nameIn(labels, by);
    if (name === undefined) continue;
    const known = named.get(name);
    if (known === undefined) named.set(name, [labels]);
    else known.push(labels);
  }
  return named;
}

export function chunks<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, n) => items.slice(n * size, (n + 1) * size));
}
