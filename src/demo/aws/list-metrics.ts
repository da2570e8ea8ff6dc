import { hashText } from '../fleet/hash.ts';
import { type Life, stateAt } from '../fleet/life.ts';
import { openToken, sealToken } from '../fleet/page-token.ts';
import type { Cell } from './cell.ts';
import { invalid, type JsonObject, objectsAt, optionalText, textAt } from './cloudwatch-request.ts';
import { ApiError } from './errors.ts';
import { managedOf } from './managed/kinds.ts';
import { identitiesOf } from './managed/metrics.ts';
import type { MetricIdentity } from './metric-identity.ts';
import { metricsOf } from './metrics.ts';
import type { Series } from './series.ts';
import type { Server } from './simulated-server.ts';
import { findServer, serverAt } from './world.ts';

const pageSize = 500;
const listedSeconds = 14 * 86_400;
const recentSeconds = 3 * 3600;

interface Wanted {
  readonly namespace: string | undefined;
  readonly name: string | undefined;
  readonly dimensions: readonly { readonly name: string; readonly value: string | undefined }[];
  /** How far back a metric's last sample may lie, seconds. */
  readonly withinSeconds: number;
}

/** ListMetrics: 500 a page, only metrics with a sample in the last two weeks (or three hours when so asked). */
export function listMetrics(body: JsonObject, cell: Cell, now: number): string {
  const wanted = readWanted(body);
  const key = `${cell.seed}/${hashText(0, JSON.stringify(wanted))}`;
  const found: MetricIdentity[] = [];
  let [index, skip] = cursorOf(optionalText(body, 'NextToken'), key);
  const [only, servers] = scopeOf(wanted, cell);
  const managed = only === undefined ? managedOf(cell) : [];
  for (; index < servers + managed.length; index++, skip = 0) {
    const resource = managed[index - servers] ?? only ?? serverAt(cell, index);
    const written = 'kind' in resource ? identitiesOf(resource) : metricsOf(resource);
    const rest = matching(written, resource.life, wanted, now).slice(skip);
    const room = pageSize - found.length;
    found.push(...rest.slice(0, room));
    if (rest.length > room) return toJson(found, sealToken(key, [index, skip + room]));
  }
  return toJson(found, undefined);
}

function readWanted(body: JsonObject): Wanted {
  const recently = optionalText(body, 'RecentlyActive');
  if (recently !== undefined && recently !== 'PT3H')
    throw invalid(`Value '${recently}' at 'recentlyActive' is not PT3H.`);
  return {
    namespace: optionalText(body, 'Namespace'),
    name: optionalText(body, 'MetricName'),
    dimensions: objectsAt(body, 'Dimensions').map((one) => ({
      name: textAt(one, 'Name'),
      value: optionalText(one, 'Value'),
    })),
    withinSeconds: recently ? recentSeconds : listedSeconds,
  };
}

function cursorOf(token: string | undefined, key: string): [index: number, skip: number] {
  if (token === undefined) return [0, 0];
  const [index, skip] = openToken(key, token) ?? [];
  if (index === undefined || skip === undefined) {
    throw new ApiError('InvalidParameterValue', 'The parameter NextToken is invalid.');
  }
  return [index, skip];
}

/** A request that names an instance needs no walk over the fleet. */
function scopeOf({ dimensions }: Wanted, cell: Cell): [only: Server | undefined, count: number] {
  const id = dimensions.find(({ name, value }) => name === 'InstanceId' && value !== undefined)?.value;
  if (id === undefined) return [undefined, cell.count];
  const server = findServer(cell, id);
  return [server, server ? 1 : 0];
}

function matching(
  written: ReturnType<typeof metricsOf>,
  life: Life,
  wanted: Wanted,
  now: number,
): readonly MetricIdentity[] {
  const oldest = now - wanted.withinSeconds;
  return written
    .filter(({ identity }) => isWanted(identity, wanted))
    .filter(({ series }) => lastSampleAt(life, series, now) > oldest)
    .map(({ identity }) => identity)
    .toArray();
}

function isWanted(identity: MetricIdentity, { namespace, name, dimensions }: Wanted): boolean {
  if (namespace !== undefined && identity.namespace !== namespace) return false;
  if (name !== undefined && identity.name !== name) return false;
  return dimensions.every((one) =>
    identity.dimensions.some((has) => has.name === one.name && (one.value ?? has.value) === has.value),
  );
}

/** When a series last had a sample: it ended, or its resource stopped, or it is alive. */
function lastSampleAt(life: Life, series: Series, now: number): number {
  const started = series.stretches.filter(({ from }) => from < now);
  const end = Math.max(...started.map(({ to }) => to));
  return Math.min(end, stateAt(life, now)?.stoppedAt ?? now, now);
}

function toJson(metrics: readonly MetricIdentity[], nextToken: string | undefined): string {
  return JSON.stringify({
    Metrics: metrics.map(({ namespace, name, dimensions }) => ({
      Namespace: namespace,
      MetricName: name,
      Dimensions: dimensions.map((one) => ({ Name: one.name, Value: one.value })),
    })),
    NextToken: nextToken,
  });
}
