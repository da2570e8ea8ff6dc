import type { ResourceState } from '#model/resource.ts';
import { resourceTypes } from './catalog.ts';
import { type Description, type Exporter, firstOf } from './exporters/exporter.ts';
import { kubernetes } from './exporters/kubernetes.ts';
import { exporters } from './exporters.ts';
import { type Facts, factsOf, type Names, type Traits, traitsOf } from './facts.ts';
import { hostOf, kubeletsOf } from './kubelets.ts';
import { chunks, type DiscoveryContext, type Life, livesOf, namesPerQuery } from './lives.ts';
import { type Labels, oneOf, select } from './promql.ts';
import { lastOf, nameIn, type PrometheusServer, readable } from './server.ts';

/** Labels that say where a server is, and its name. */
export interface Places {
  readonly region: string | undefined;
  readonly zone: string | undefined;
  readonly name: string | undefined;
}

const pageSize = 500;

/**
 * The servers that any exporter tells of, each once. A Kubernetes node that runs a node_exporter is told by that one, which
 * knows it better.
 */
export async function* listServers(context: DiscoveryContext, places: Places): AsyncGenerator<PrometheusServer[]> {
  const ids = new Set<string>();
  const hosts = new Set<string>();
  for (const exporter of exporters) {
    const found = await serversOf(context, exporter, places, hosts);
    const servers = mergeMoved(found).filter(({ id }) => !ids.has(id));
    for (const server of servers) {
      ids.add(server.id);
      hosts.add(server.name);
      if (exporter.isTarget) hosts.add(hostOf(server.tags.instance ?? ''));
    }
    yield* chunks(servers, pageSize);
  }
}

/** How a server is named in the metrics that measure it. */
interface Source {
  readonly by: readonly string[];
  readonly name: string;
}

async function serversOf(
  context: DiscoveryContext,
  exporter: Exporter,
  places: Places,
  hosts: ReadonlySet<string>,
): Promise<PrometheusServer[]> {
  const all = await livesOf(context, exporter);
  const lives =
    exporter === kubernetes
      ? all.filter(({ labels }) => !hosts.has(labels.node ?? '') && !hosts.has(labels.internal_ip ?? ''))
      : all;
  if (lives.length === 0) return [];
  const sources = await sourcesOf(context, exporter, lives);
  const facts = await factsOf(
    context,
    exporter,
    namesOf(lives, ({ name }) => name),
  );
  const traits = new Map<string, Traits>();
  for (const by of new Map([...sources.values()].map((source) => [source.by.join(), source.by])).values()) {
    const names = namesOf(lives, ({ name }) =>
      sources.get(name)?.by.join() === by.join() ? sources.get(name)?.name : undefined,
    );
    traits.set(by.join(), await traitsOf(context, exporter, by, names));
  }
  const targets = exporter.isTarget ? await targetsOf(context, exporter, lives) : new Map<string, number>();
  return lives.map((life) => {
    const source = sources.get(life.name);
    const ofSource = source === undefined ? undefined : traits.get(source.by.join());
    return serverOf({ context, exporter, life, places, facts, source, traits: ofSource, isUp: targets.get(life.name) });
  });
}

async function sourcesOf(
  context: DiscoveryContext,
  exporter: Exporter,
  lives: readonly Life[],
): Promise<Map<string, Source>> {
  if (exporter !== kubernetes) return new Map(lives.map(({ name }) => [name, { by: exporter.by, name }]));
  const kubelets = await kubeletsOf(context, lives);
  return new Map([...kubelets].map(([node, { by, name }]) => [node, { by: [by], name }]));
}

function namesOf(lives: readonly Life[], of: (life: Life) => string | undefined): Names {
  const named = (isHere: boolean) => lives.flatMap((life) => (life.isHere === isHere ? (of(life) ?? []) : []));
  return { here: named(true), gone: named(false) };
}

/** Of servers that are not seen any more, those that Prometheus still asks: `up`, 0 where they do not answer. */
async function targetsOf(
  { api, at, keyLabels, matchers, signal }: DiscoveryContext,
  exporter: Exporter,
  lives: readonly Life[],
): Promise<Map<string, number>> {
  const by = [...keyLabels, ...exporter.by];
  const up = new Map<string, number>();
  const gone = lives.flatMap(({ isHere, name }) => (isHere ? [] : [name]));
  for (const some of chunks(gone, namesPerQuery)) {
    const which = oneOf(by.at(-1) ?? '', new Set(some.map(lastOf)));
    const query = `max by (${by.join(', ')}) (${select('up', [...matchers, which])})`;
    for (const { labels, value } of await api.instant(query, at, signal)) {
      const name = nameIn(labels, by);
      if (name !== undefined) up.set(name, value);
    }
  }
  return up;
}

interface Known {
  readonly context: DiscoveryContext;
  readonly exporter: Exporter;
  readonly life: Life;
  readonly places: Places;
  readonly facts: Facts;
  readonly source: Source | undefined;
  readonly traits: Traits | undefined;
  readonly isUp: number | undefined;
}

function serverOf({ context, exporter, life, places, facts, source, traits, isUp }: Known): PrometheusServer {
  const labels = { ...facts.labels.get(life.name), ...life.labels };
  const description = exporter.describe(labels);
  const measuredAs = source?.name ?? '';
  const offCode = traits?.state.get(measuredAs);
  const state = stateOf(life, isUp, offCode?.code);
  const vcpus = facts.vcpus.get(life.name);
  const memory = facts.memoryBytes.get(life.name);
  const zone = labelOf(labels, places.zone);
  const [type] = resourceTypes;
  const seriesOf = (family: 'cpu' | 'memory' | 'disk' | 'network') =>
    traits?.seriesPerKey.get(family)?.get(measuredAs) ?? 1;
  return {
    provider: 'prometheus',
    group: type.group,
    type: type.type,
    account: context.account,
    region: labelOf(labels, places.region) ?? 'global',
    id: description.id ?? readable(life.name),
    name: nameOf(labels, places, description, life),
    state,
    instanceType: description.instanceType ?? '',
    metrics: type.metrics,
    tags: tagsOf(life.labels, exporter),
    constants: memory === undefined ? {} : { 'memory.total': memory },
    ...(zone === undefined ? {} : { zone }),
    ...(vcpus === undefined ? {} : { vcpus }),
    ...(description.platform === undefined ? {} : { platform: description.platform }),
    ...(life.firstSeenAt === undefined ? {} : { createdAt: life.firstSeenAt }),
    ...(state === 'STOPPED' && life.lastSeenAt !== undefined ? { stoppedAt: life.lastSeenAt } : {}),
    exporter: exporter.id,
    by: [...context.keyLabels, ...(source?.by ?? exporter.by)],
    ...(source === undefined ? {} : { measuredAs: source.name }),
    scrapeSeconds: traits?.scrapeSeconds.get(measuredAs) ?? 60,
    ...(life.lastSeenAt === undefined ? {} : { lastSeenAt: life.lastSeenAt }),
    isDoubled: life.isDoubled,
    hasClock: traits?.hasClock.has(measuredAs) ?? false,
    ...(offCode === undefined ? {} : { stateMetric: offCode.metric }),
    seriesPerKey: { cpu: seriesOf('cpu'), memory: 1, disk: seriesOf('disk'), network: seriesOf('network') },
  };
}

/** libvirt's own number for it (virDomainState). */
const shutOff = 5;

function stateOf({ isHere }: Life, isUp: number | undefined, code: number | undefined): ResourceState {
  if (isHere) return code === shutOff ? 'STOPPED' : 'RUNNING';
  if (isUp === undefined) return 'TERMINATED';
  return isUp === 0 ? 'STOPPED' : 'UNKNOWN';
}

function nameOf(labels: Labels, { name }: Places, description: Description, { name: own }: Life): string {
  return labelOf(labels, name) ?? description.name ?? hostOf(readable(own));
}

function labelOf(labels: Labels, name: string | undefined): string | undefined {
  return name === undefined ? undefined : firstOf(labels, name);
}

function tagsOf(labels: Labels, { own }: Exporter): Record<string, string> {
  return Object.fromEntries(Object.entries(labels).filter(([name]) => name !== '__name__' && !own.includes(name)));
}

/**
 * A virtual machine that has moved is one: what it is where it is now, measured on all of its hosts together, where its name
 * there is its alone.
 */
function mergeMoved(servers: readonly PrometheusServer[]): PrometheusServer[] {
  const users = Map.groupBy(servers, ({ measuredAs = '' }) => lastOf(measuredAs));
  return [...Map.groupBy(servers, ({ id }) => id).values()].flatMap((same) => {
    const [newest, ...older] = same.toSorted((a, b) => (b.lastSeenAt ?? Infinity) - (a.lastSeenAt ?? Infinity));
    if (newest === undefined || older.length === 0) return newest ?? [];
    const { createdAt: _, ...rest } = newest;
    const births = same.flatMap(({ createdAt }) => createdAt ?? []);
    const born = births.length === same.length ? { createdAt: Math.min(...births) } : {};
    const name = lastOf(newest.measuredAs ?? '');
    const isAlone = (users.get(name) ?? []).every(({ id }) => id === newest.id);
    const everywhere = isAlone ? { by: newest.by.slice(-1), measuredAs: name } : {};
    return { ...rest, ...born, ...everywhere };
  });
}
