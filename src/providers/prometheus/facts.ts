import { daySeconds } from '#model/window.ts';
import type { Sample } from './api.ts';
import type { Family, Measure } from './catalog.ts';
import type { Exporter, Selector } from './exporters/exporter.ts';
import { chunks, type DiscoveryContext, namesPerQuery } from './lives.ts';
import { type Labels, oneOf, select } from './promql.ts';
import { lastOf, nameIn } from './server.ts';
import { scrapeInterval } from './slots.ts';

/** What servers are, by name. */
export interface Facts {
  readonly vcpus: ReadonlyMap<string, number>;
  readonly memoryBytes: ReadonlyMap<string, number>;
  /** Of all metrics that describe them. */
  readonly labels: ReadonlyMap<string, Labels>;
}

/** How servers are measured, by the name that they have in the metrics that do. */
export interface Traits {
  readonly hasClock: ReadonlyMap<string, unknown>;
  readonly state: ReadonlyMap<string, { readonly metric: string; readonly code: number }>;
  readonly seriesPerKey: ReadonlyMap<Family['id'], ReadonlyMap<string, number>>;
  readonly scrapeSeconds: ReadonlyMap<string, number>;
}

/** Names of servers that are there now, and of those that were. */
export interface Names {
  readonly here: readonly string[];
  readonly gone: readonly string[];
}

export async function factsOf(context: DiscoveryContext, exporter: Exporter, names: Names): Promise<Facts> {
  const by = [...context.keyLabels, ...exporter.by];
  const group = by.join(', ');
  const ask = (query: (of: Selecting) => string) => askAll(context, by, names, query);
  const [vcpus, memoryBytes, ...infos] = await Promise.all([
    ask((of) => processors(exporter, group, of)),
    ask((of) => exporter.memoryTotal.map((each) => `max by (${group}) (${of(each)})`).join(' or ')),
    ...exporter.infos.map((metric) => ask((of) => of({ metric, matchers: [] }))),
  ]);
  const labels = new Map<string, Labels>();
  for (const sample of infos.flat()) {
    const name = nameIn(sample.labels, by);
    if (name !== undefined) labels.set(name, { ...sample.labels, ...labels.get(name) });
  }
  return { vcpus: valuesBy(vcpus, by), memoryBytes: valuesBy(memoryBytes, by), labels };
}

/** @param own labels that name a server in the metrics that measure it, without those of the secret */
export async function traitsOf(
  context: DiscoveryContext,
  exporter: Exporter,
  own: readonly string[],
  names: Names,
): Promise<Traits> {
  const by = [...context.keyLabels, ...own];
  const group = by.join(', ');
  const ask = async (query: (of: Selecting) => string) => valuesBy(await askAll(context, by, names, query), by);
  const clocks = exporter.families.flatMap(({ measures }) => Object.values(measures).flatMap(clockOf));
  const [hasClock = new Map()] = await Promise.all(
    clocks.map((clock) => ask((of) => `max by (${group}) (${of({ metric: clock, matchers: [] })})`)),
  );
  const states = await Promise.all(
    exporter.states.map((state) => ask((of) => `max by (${group}) (${of({ metric: state, matchers: [] })})`)),
  );
  const counts = await Promise.all(
    exporter.families.map(async ({ id, measures }): Promise<[Family['id'], Map<string, number>]> => {
      const [measure] = Object.values(measures);
      return [id, measure === undefined ? new Map() : await countSeries(measure, group, ask)];
    }),
  );
  const { metric, matchers } = exporter.pulse;
  const pulse = `count_over_time(${select(metric, [...matchers, ...context.matchers])}[3599999ms])`;
  const beats = await context.api.instant(
    `max by (${group}) (max_over_time(${pulse}[6h:10m]))`,
    context.at,
    context.signal,
  );
  return {
    hasClock,
    state: firstState(exporter.states, states),
    seriesPerKey: new Map(counts),
    scrapeSeconds: intervals(valuesBy(beats, by), [...names.here, ...names.gone]),
  };
}

/** Answers for servers that are there as they are, for those that are gone as they were last. */
async function askAll(
  { api, at, lookbackDays, matchers, signal }: DiscoveryContext,
  by: readonly string[],
  { here, gone }: Names,
  query: (of: Selecting) => string,
): Promise<Sample[]> {
  const now: Selecting = ({ metric, matchers: own }) => select(metric, [...own, ...matchers]);
  const samples = here.length === 0 ? [] : await api.instant(query(now), at, signal);
  for (const some of chunks(gone, namesPerQuery)) {
    const which = oneOf(by.at(-1) ?? '', new Set(some.map(lastOf)));
    const then: Selecting = ({ metric, matchers: own }) =>
      `last_over_time(${select(metric, [...own, ...matchers, which])}[${lookbackDays * daySeconds}s])`;
    samples.push(...(await api.instant(query(then), at, signal)));
  }
  return samples;
}

/** Selects among the servers in question, now or in the past: `last_over_time(up{job="node"}[14d])`. */
type Selecting = (selector: Selector) => string;

function processors({ vcpus }: Exporter, by: string, of: Selecting): string {
  if (vcpus.counted === undefined) return `max by (${by}) (${of(vcpus)})`;
  return `count by (${by}) (count by (${by}, ${vcpus.counted}) (${of(vcpus)}))`;
}

type Ask = (query: (of: Selecting) => string) => Promise<Map<string, number>>;

function countSeries(measure: Measure, by: string, ask: Ask): Promise<Map<string, number>> | Map<string, number> {
  switch (measure.kind) {
    case 'idle_share':
      return ask((of) => `count by (${by}) (${of({ metric: measure.metric, matchers: [measure.idle] })})`);
    case 'cpu_time':
    case 'counter':
      return ask((of) => `count by (${by}) (${of(measure)})`);
    case 'memory':
      return new Map();
  }
}

function clockOf(measure: Measure): string[] {
  return measure.kind === 'idle_share' && measure.clock !== undefined ? [measure.clock] : [];
}

function firstState(
  metrics: readonly string[],
  codes: readonly ReadonlyMap<string, number>[],
): Map<string, { metric: string; code: number }> {
  const states = new Map<string, { metric: string; code: number }>();
  for (const [at, metric] of metrics.entries()) {
    for (const [name, code] of codes[at] ?? []) if (!states.has(name)) states.set(name, { metric, code });
  }
  return states;
}

/** The commonest interval, for servers that were not scraped long enough to tell theirs. */
function intervals(beats: ReadonlyMap<string, number>, names: readonly string[]): Map<string, number> {
  const told = new Map([...beats].map(([name, perHour]) => [name, scrapeInterval(perHour)]));
  const sizes = [...Map.groupBy(told.values(), (seconds) => seconds)].map(([seconds, same]) => ({
    seconds,
    count: same.length,
  }));
  const common = sizes.toSorted((a, b) => b.count - a.count || a.seconds - b.seconds)[0]?.seconds ?? 60;
  const slowest = 300;
  return new Map(
    names.map((name) => {
      const seconds = told.get(name) ?? common;
      return [name, seconds > slowest ? common : seconds];
    }),
  );
}

function valuesBy(samples: readonly Sample[], by: readonly string[]): Map<string, number> {
  const values = new Map<string, number>();
  for (const { labels, value } of samples) {
    const name = nameIn(labels, by);
    if (name !== undefined) values.set(name, value);
  }
  return values;
}
