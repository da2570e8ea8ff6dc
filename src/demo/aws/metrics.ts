import type { AgentSeries, Dimension } from './agent.ts';
import { type Cell, readId } from './cell.ts';
import {
  bytesChannel,
  countChannel,
  cpuChannel,
  type Flow,
  memoryChannel,
  queueChannel,
  volumeShare,
  zeroChannel,
} from './channels.ts';
import { resolveManaged } from './managed/metrics.ts';
import type { MetricIdentity } from './metric-identity.ts';
import { agentStretchesOf, type Series, stretchesOf } from './series.ts';
import { type Server, volumesPerServer } from './simulated-server.ts';
import { findServer, findServerByHost, serverAt } from './world.ts';

const percent = { unit: 'Percent', perOperation: false } as const;
const count = { unit: 'Count', perOperation: false } as const;
const bytes = { unit: 'Bytes', perOperation: false } as const;

type Publish = (server: Server) => Series | undefined;

/** AWS/EC2 by metric name: the series of a server, or undefined where its kind does not publish the metric. */
const instanceMetrics: ReadonlyMap<string, Publish> = new Map<string, Publish>([
  ['CPUUtilization', (s) => ({ ...percent, channel: cpuChannel(s), stretches: stretchesOf(s) })],
  ['NetworkIn', (s) => ({ ...bytes, channel: bytesChannel(s, 'networkIn'), stretches: stretchesOf(s) })],
  ['NetworkOut', (s) => ({ ...bytes, channel: bytesChannel(s, 'networkOut'), stretches: stretchesOf(s) })],
  ['NetworkPacketsIn', (s) => ({ ...count, channel: countChannel(s, 'networkIn'), stretches: stretchesOf(s, 300) })],
  ['NetworkPacketsOut', (s) => ({ ...count, channel: countChannel(s, 'networkOut'), stretches: stretchesOf(s, 300) })],
  ['EBSReadOps', (s) => nitroOnly(s, { ...count, channel: countChannel(s, 'ebsRead'), stretches: stretchesOf(s) })],
  ['EBSWriteOps', (s) => nitroOnly(s, { ...count, channel: countChannel(s, 'ebsWrite'), stretches: stretchesOf(s) })],
  ['EBSReadBytes', (s) => nitroOnly(s, { ...bytes, channel: bytesChannel(s, 'ebsRead'), stretches: stretchesOf(s) })],
  ['EBSWriteBytes', (s) => nitroOnly(s, { ...bytes, channel: bytesChannel(s, 'ebsWrite'), stretches: stretchesOf(s) })],
  [
    'DiskReadOps',
    (s) => storeOrZero(s, { ...count, channel: countChannel(s, 'storeRead'), stretches: stretchesOf(s) }),
  ],
  [
    'DiskWriteOps',
    (s) => storeOrZero(s, { ...count, channel: countChannel(s, 'storeWrite'), stretches: stretchesOf(s) }),
  ],
  [
    'DiskReadBytes',
    (s) => storeOrZero(s, { ...bytes, channel: bytesChannel(s, 'storeRead'), stretches: stretchesOf(s) }),
  ],
  [
    'DiskWriteBytes',
    (s) => storeOrZero(s, { ...bytes, channel: bytesChannel(s, 'storeWrite'), stretches: stretchesOf(s) }),
  ],
]);

/** Whether AWS/EC2 has EBS* for the server: Nitro instances only, and no bare metal. */
export function hasEbsMetrics({ type }: Server): boolean {
  return type.hypervisor === 'nitro' && !type.bareMetal;
}

function nitroOnly(server: Server, series: Series): Series | undefined {
  return hasEbsMetrics(server) ? series : undefined;
}

/** Disk* is real with an instance store; without one, Xen publishes zeros and the others nothing. */
function storeOrZero(server: Server, series: Series): Series | undefined {
  if (server.type.instanceStorageGb > 0) return series;
  return server.type.hypervisor === 'xen' ? { ...series, channel: zeroChannel(server) } : undefined;
}

/** AWS/EBS by metric name. */
const volumeMetrics: ReadonlyMap<string, { readonly flow: Flow; readonly inBytes: boolean }> = new Map([
  ['VolumeReadOps', { flow: 'ebsRead', inBytes: false }],
  ['VolumeWriteOps', { flow: 'ebsWrite', inBytes: false }],
  ['VolumeReadBytes', { flow: 'ebsRead', inBytes: true }],
  ['VolumeWriteBytes', { flow: 'ebsWrite', inBytes: true }],
]);
const volumeQueue = 'VolumeQueueLength';

/** The series of one volume: samples of five minutes; of the bytes, one sample per operation. */
export function volumeSeries(server: Server, ordinal: number, metric: string): Series | undefined {
  if (ordinal >= server.volumeIds.length) return undefined;
  const share = volumeShare(server, ordinal);
  const stretches = stretchesOf(server, 300);
  if (metric === volumeQueue) return { ...count, channel: queueChannel(server, share), stretches };
  const traits = volumeMetrics.get(metric);
  if (traits === undefined) return undefined;
  return traits.inBytes
    ? { unit: 'Bytes', perOperation: true, channel: bytesChannel(server, traits.flow, share), stretches }
    : { ...count, channel: countChannel(server, traits.flow, share), stretches };
}

/** The series of a server in AWS/EC2. */
export function instanceSeries(server: Server, metric: string): Series | undefined {
  return instanceMetrics.get(metric)?.(server);
}

/** One of the memory series of a server. */
export function agentSeries(server: Server, agent: AgentSeries): Series {
  return { ...percent, channel: memoryChannel(server), stretches: agentStretchesOf(server, agent) };
}

/** The series that a metric's full name stands for in a cell; undefined for one that nothing was ever written to. */
export function resolveSeries(cell: Cell, { namespace, name, dimensions }: MetricIdentity): Series | undefined {
  if (namespace === 'CWAgent') return resolveAgent(cell, name, dimensions);
  if (namespace !== 'AWS/EC2' && namespace !== 'AWS/EBS') return resolveManaged(cell, { namespace, name, dimensions });
  const [only, ...more] = dimensions;
  if (only === undefined || more.length > 0) return undefined;
  if (namespace === 'AWS/EC2' && only.name === 'InstanceId') {
    const server = findServer(cell, only.value);
    return server && instanceSeries(server, name);
  }
  return namespace === 'AWS/EBS' && only.name === 'VolumeId' ? resolveVolume(cell, name, only.value) : undefined;
}

/** The server that a volume belongs to, and its number there. */
export function findVolume(cell: Cell, volumeId: string): { server: Server; ordinal: number } | undefined {
  const n = readId(cell, 'vol', volumeId);
  if (n === undefined || n >= cell.count * volumesPerServer) return undefined;
  const server = serverAt(cell, Math.floor(n / volumesPerServer));
  const ordinal = n % volumesPerServer;
  return ordinal < server.volumeIds.length ? { server, ordinal } : undefined;
}

function resolveVolume(cell: Cell, metric: string, volumeId: string): Series | undefined {
  const found = findVolume(cell, volumeId);
  return found && volumeSeries(found.server, found.ordinal, metric);
}

function resolveAgent(cell: Cell, metric: string, dimensions: readonly Dimension[]): Series | undefined {
  const valueNamed = (name: string) => dimensions.find((dimension) => dimension.name === name)?.value ?? '';
  const server = findServer(cell, valueNamed('InstanceId')) ?? findServerByHost(cell, valueNamed('host'));
  const agent = server?.agent.find((one) => one.metric === metric && sameDimensions(one.dimensions, dimensions));
  return server && agent && agentSeries(server, agent);
}

function sameDimensions(a: readonly Dimension[], b: readonly Dimension[]): boolean {
  return (
    a.length === b.length && a.every((one) => b.some(({ name, value }) => name === one.name && value === one.value))
  );
}

/** All that a server ever wrote to CloudWatch: names and series. */
export function* metricsOf(server: Server): Generator<{ identity: MetricIdentity; series: Series }> {
  for (const name of instanceMetrics.keys()) {
    const series = instanceSeries(server, name);
    const dimensions = [{ name: 'InstanceId', value: server.id }];
    if (series) yield { identity: { namespace: 'AWS/EC2', name, dimensions }, series };
  }
  for (const [ordinal, value] of server.volumeIds.entries()) {
    for (const name of [...volumeMetrics.keys(), volumeQueue]) {
      const series = volumeSeries(server, ordinal, name);
      if (series) yield { identity: { namespace: 'AWS/EBS', name, dimensions: [{ name: 'VolumeId', value }] }, series };
    }
  }
  for (const agent of server.agent) {
    const identity = { namespace: 'CWAgent', name: agent.metric, dimensions: agent.dimensions };
    yield { identity, series: agentSeries(server, agent) };
  }
}
