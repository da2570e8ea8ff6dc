import { CollectError } from '#model/errors.ts';
import type { MetricReader, ReadRequest } from '#model/metric-reader.ts';
import type { ConnectContext } from '#model/provider.ts';
import { daySeconds } from '#model/window.ts';
import { sampleSecondsAt } from '../catalog.ts';
import { openCredentials } from '../credentials.ts';
import { createRest, limitBodies } from '../rest.ts';
import { endpointsIn, parseSecret } from '../secret.ts';
import { unitOf } from './combined.ts';
import { type Descriptor, listDescriptors } from './descriptors.ts';
import type { GoogleMetric, GoogleScope } from './metric.ts';
import { readSeries } from './read-series.ts';

/** The longest bucket. Source: API reference, `Aggregation.alignmentPeriod`. */
const longestSeconds = 104 * 7 * daySeconds;

/** A metric that every project with a server has: to find out what is allowed. */
const probe = 'compute.googleapis.com/instance/cpu/utilization';

/**
 * Signs in, to read Cloud Monitoring's metrics as they are there, of any resource; only that shares of one are told in percent,
 * and that a resource's time series are combined.
 *
 * @throws CollectError `secret_rejected`, `invalid_input`
 */
export async function connectReader(
  secretInput: unknown,
  { gate, now, signal: connectSignal }: ConnectContext,
): Promise<MetricReader<GoogleMetric, GoogleScope>> {
  const secret = parseSecret(secretInput);
  const endpoints = endpointsIn(secret);
  const {
    headersOf,
    principal,
    project: itsOwn,
  } = await gate.send(
    { api: 'oauth2:token', account: 'unknown', region: 'global' },
    (trySignal) => openCredentials(secret, endpoints, now, trySignal),
    connectSignal,
  );
  const bodies = limitBodies();
  const ownProject = secret.projects[0] ?? itsOwn;
  const closing = new AbortController();
  /** By project and metric type: they do not change. Whoever asks first asks for all, and so not by a signal of their own. */
  const known = new Map<string, Promise<Descriptor | undefined>>();

  return {
    grainOf,
    finestPeriodSeconds: (start) => sampleSecondsAt(start, now() / 1000),
    verify,
    list,
    read,
    close: () => closing.abort(),
  };

  function restOf(project: string) {
    return createRest({ gate, account: project, endpoints, headersOf, bodies });
  }

  function projectOf(place: string | undefined): string {
    const project = place ?? ownProject;
    if (project !== undefined) return project;
    throw new CollectError('invalid_input', 'name: names no project, and neither does the secret', {
      where: principal,
    });
  }

  /** Makes one call of each kind. @throws CollectError the first refusal */
  async function verify(signal: AbortSignal): Promise<void> {
    const end = Math.floor(now() / 60_000) * 60;
    const reads = [{ metric: { type: probe, labels: [] }, stat: 'avg', periodSeconds: 300 }] as const;
    const [outcome] = await read({ place: undefined, window: { start: end - 300, end }, reads }, signal);
    if (outcome instanceof CollectError) throw outcome;
  }

  async function list({ project: place, prefix, resourceType, labels }: GoogleScope, signal: AbortSignal) {
    const project = projectOf(place);
    const filter = `metric.type = starts_with(${JSON.stringify(prefix)})`;
    const found = await listDescriptors(restOf(project), { project, filter }, signal);
    const ofType = { ...(resourceType === undefined ? {} : { resourceType }), labels };
    return found
      .filter(({ resourceTypes }) => resourceType === undefined || resourceTypes.includes(resourceType))
      .map((descriptor) => {
        known.set(`${project} ${descriptor.type}`, Promise.resolve(descriptor));
        return { metric: { type: descriptor.type, ...ofType }, unit: unitOf(descriptor) };
      });
  }

  function read({ place, window, reads }: ReadRequest<GoogleMetric>, signal: AbortSignal) {
    const project = projectOf(place);
    const describe = (type: string) => descriptorOf(project, type);
    return readSeries({ rest: restOf(project), project, describe, window, now: now() / 1000, signal }, reads);
  }

  function descriptorOf(project: string, type: string): Promise<Descriptor | undefined> {
    const name = `${project} ${type}`;
    const asked = known.get(name);
    if (asked !== undefined) return asked;
    const filter = `metric.type = ${JSON.stringify(type)}`;
    const asking = listDescriptors(restOf(project), { project, filter }, closing.signal).then(([first]) => first);
    known.set(name, asking);
    asking.then(
      (found) => found === undefined && known.delete(name),
      () => known.delete(name),
    );
    return asking;
  }
}

function grainOf(periodSeconds: number): number {
  if (periodSeconds <= longestSeconds) return periodSeconds;
  return periodSeconds % daySeconds === 0 ? daySeconds : 600;
}
