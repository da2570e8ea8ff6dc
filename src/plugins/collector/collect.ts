import { isPlatformSecret } from '#cloudforet/secret.ts';
import { type CollectedServer, collectRegion } from '#collect/collect-region.ts';
import { CollectError } from '#model/errors.ts';
import { serverType } from '#model/resource-type.ts';
import { lastDays } from '#model/window.ts';
import type { CollectCall } from './call.ts';
import { openCloud } from './cloud-source.ts';
import { type Emission, emitter } from './emission.ts';
import { openPlatform } from './platform-source.ts';
import type { Place, Source } from './source.ts';
import { selects, type TaskOptions } from './task-options.ts';

/**
 * Measures the servers of an account or a platform, and tells each as soon as its batch is read.
 *
 * What could not be read is told too, once per cause: a place that refuses does not end the others, and a platform that sees a
 * failure does not take servers that it did not hear of for gone.
 *
 * @throws CollectError where nothing at all could be read
 */
export async function* collect(call: CollectCall): AsyncGenerator<Emission> {
  const source = await open(call);
  const outcome: Outcome = { told: 0, lastError: undefined };
  try {
    for await (const place of source.places()) {
      if ('error' in place) {
        outcome.lastError = place.error;
        yield emitterOf(place.provider, [], source, call).failure(place.error);
      } else yield* collectPlace(place, source, call, outcome);
    }
    if (outcome.told === 0 && outcome.lastError !== undefined) throw outcome.lastError;
  } finally {
    source.close();
  }
}

/** Tasks that together are exactly what `collect` without a task would tell. @throws CollectError */
export async function listTasks(call: CollectCall): Promise<readonly TaskOptions[]> {
  const source = await open(call);
  try {
    return await source.tasks();
  } finally {
    source.close();
  }
}

/** Signs in, and makes every kind of call that a collection makes. @throws CollectError the first refusal, naming what is missing */
export async function verify(call: CollectCall): Promise<void> {
  const source = await open(call);
  try {
    await source.verify();
  } finally {
    source.close();
  }
}

interface Outcome {
  /** Servers of which something was read. */
  told: number;
  lastError: CollectError | undefined;
}

function open(call: CollectCall): Promise<Source> {
  return isPlatformSecret(call.secretData) ? openPlatform(call) : openCloud(call);
}

async function* collectPlace(
  place: Place,
  source: Source,
  call: CollectCall,
  outcome: Outcome,
): AsyncGenerator<Emission> {
  const emit = emitterOf(place.provider, place.measurable, source, call);
  const causes = new Set<string>();
  try {
    for await (const batch of readPlace(place, call)) {
      for (const server of batch) {
        const emission = emit.server(server);
        if (emission !== undefined) {
          if (server.days.size > 0 || server.failures.length === 0) outcome.told++;
          yield emission;
        }
        for (const { error } of newCauses(server, causes)) {
          outcome.lastError = error;
          yield emit.failure(error, server.resource.id);
        }
      }
    }
  } catch (caught) {
    outcome.lastError = CollectError.from(caught);
    if (call.signal.aborted) throw outcome.lastError;
    yield emit.failure(outcome.lastError);
  }
}

function emitterOf(
  provider: string,
  measurable: Place['measurable'],
  { replacesLayouts }: Source,
  { generation, options }: CollectCall,
) {
  const sendsLayout = options.layout === 'always' || (options.layout === 'auto' && !replacesLayouts);
  return emitter({
    generation,
    provider,
    statistics: options.statistics,
    layout: sendsLayout ? measurable : undefined,
    fillsWithZero: options.normalization === 'legacy',
  });
}

function readPlace(
  { fleet, region, keys }: Place,
  { options, task, signal, clock }: CollectCall,
): AsyncGenerator<CollectedServer[]> {
  return collectRegion({
    fleet,
    region,
    types: [serverType],
    wanted: {
      keys,
      statistics: options.statistics,
      window: lastDays(options.supported_period, clock.now()),
    },
    concurrency: options.concurrency,
    selects: (resource) => selects(resource, options, task, fleet),
    known: async () => new Map(),
    stopping: signal,
    signal,
    now: clock.now,
  });
}

/** Failures whose cause was not told in this place yet. */
function newCauses({ failures }: CollectedServer, told: Set<string>) {
  return failures.filter(({ error: { message, where } }) => {
    const cause = `${message} ${where}`;
    if (told.has(cause)) return false;
    told.add(cause);
    return true;
  });
}
