import type { MetricKey } from '#model/metric.ts';
import type { Resource, ResourceState } from '#model/resource.ts';
import type { PlatformProvider } from './catalog/platform-provider.ts';
import type { ServerRow } from './server-row.ts';

const gib = 2 ** 30;

/** A server of the platform's inventory. A class, so that who holds a Resource can tell that it is one. */
export class PlatformServer implements Resource {
  readonly provider: string;
  /** The platform's own: two records may be of one instance. */
  readonly id: string;
  readonly group: string;
  readonly type: string;
  /** From wherever the record has it; '' where it has none. */
  readonly account: string;
  readonly region: string;
  readonly name: string;
  readonly state: ResourceState;
  readonly instanceType: string;
  readonly metrics: readonly MetricKey[];
  readonly tags: Readonly<Record<string, string>>;
  readonly constants: Readonly<Partial<Record<MetricKey, number>>>;
  readonly createdAt?: number;
  /** Of its memory, where the record tells. */
  readonly memoryBytes: number | undefined;
  /** As the inventory has it. */
  readonly row: ServerRow;

  /**
   * @param metrics what is wanted to be known of it
   * @param knowsMemory whether `memory.total` is told as the record has it
   */
  constructor(row: ServerRow, { id, states }: PlatformProvider, metrics: readonly MetricKey[], knowsMemory: boolean) {
    const { compute, hardware } = row.data;
    this.row = row;
    this.provider = id;
    this.id = row.id;
    this.group = row.group;
    this.type = row.type;
    this.account = row.account || compute.account;
    this.region = row.region;
    this.name = row.name;
    this.state = states[compute.instance_state.toUpperCase()] ?? 'UNKNOWN';
    this.instanceType = row.instanceType;
    this.metrics = metrics;
    this.tags = tagsOf(row.tags, id);
    this.memoryBytes = hardware.memory ? Math.round(hardware.memory * gib) : undefined;
    this.constants = knowsMemory && this.memoryBytes !== undefined ? { 'memory.total': this.memoryBytes } : {};
    const createdAt = Date.parse(row.createdAt) / 1000;
    if (Number.isFinite(createdAt)) this.createdAt = createdAt;
  }
}

/** 2.x keeps the tags of each provider apart. */
function tagsOf(tags: unknown, provider: string): Readonly<Record<string, string>> {
  const all = textsOf(tags);
  if (typeof tags !== 'object' || tags === null) return all;
  return { ...all, ...textsOf(Object.entries(tags).find(([name]) => name === provider)?.[1]) };
}

function textsOf(tags: unknown): Readonly<Record<string, string>> {
  if (typeof tags !== 'object' || tags === null) return {};
  return Object.fromEntries(
    Object.entries(tags).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value] as const] : [])),
  );
}
