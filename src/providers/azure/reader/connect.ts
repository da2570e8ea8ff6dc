import { z } from 'zod';
import { CollectError } from '#model/errors.ts';
import type { MetricReader, ReadRequest } from '#model/metric-reader.ts';
import type { ConnectContext } from '#model/provider.ts';
import { cloudOf } from '../cloud-of.ts';
import { createCredential } from '../credential.ts';
import { queryGraph } from '../resource-graph.ts';
import { parseSecret } from '../secret.ts';
import { createSend } from '../send.ts';
import { listSubscriptions } from '../subscriptions.ts';
import { createTokens } from '../tokens.ts';
import { type Definition, listDefinitions } from './definitions.ts';
import { grainOf } from './grains.ts';
import { Locator } from './locate.ts';
import { type AzureMetric, type AzureScope, ResourceId } from './metric.ts';
import { readSeries } from './read-series.ts';

/** What every machine has: to find out what is allowed. */
const probe = 'Percentage CPU';

/**
 * Signs in, to read Azure Monitor's platform metrics as they are there, of any resource. The secret alone says as whom: nothing
 * is read from or written to the environment.
 *
 * @throws CollectError `secret_rejected`, `invalid_input`
 */
export async function connectReader(
  secretInput: unknown,
  { gate, now, signal: connectSignal }: ConnectContext,
): Promise<MetricReader<AzureMetric, AzureScope>> {
  const secret = parseSecret(secretInput);
  const { audiences, authority, resourceManager, metrics } = cloudOf(secret);
  const closing = new AbortController();
  const tokens = await signIn();
  const send = createSend(gate, tokens);
  const locator = new Locator(send, resourceManager, closing.signal);
  /** By namespace: a type's metrics do not change. Whoever asks first asks for all, and so not by a signal of their own. */
  const definitions = new Map<string, Promise<Definition[]>>();

  return {
    grainOf,
    finestPeriodSeconds: () => 60,
    verify,
    list,
    read,
    close: () => closing.abort(),
  };

  async function signIn() {
    try {
      const credential = await createCredential(secret, authority, closing.signal);
      const held = createTokens({ credential, audiences, gate, now, closing: closing.signal });
      await held.get('resourceManager', connectSignal);
      return held;
    } catch (caught) {
      closing.abort();
      throw caught;
    }
  }

  /** Makes one call of each kind, as far as there is a machine to ask about. @throws CollectError the first refusal */
  async function verify(signal: AbortSignal): Promise<void> {
    const own = secret.subscriptions;
    const subscriptions =
      own.length > 0 ? own : (await listSubscriptions(send, resourceManager, signal)).map(({ id }) => id);
    const machine = await anyMachine(subscriptions, signal);
    if (machine === undefined) return;
    await listDefinitions(send, resourceManager, machine, signal);
    const end = Math.floor(now() / 60_000) * 60;
    const reads = [{ metric: { resource: machine, name: probe }, stat: 'avg', periodSeconds: 300 }] as const;
    const [outcome] = await read({ place: undefined, window: { start: end - 300, end }, reads }, signal);
    if (outcome instanceof CollectError) throw outcome;
  }

  async function anyMachine(subscriptions: readonly string[], signal: AbortSignal): Promise<AzureScope | undefined> {
    const query =
      "resources | where type =~ 'microsoft.compute/virtualmachines' | project id | order by id asc | limit 1";
    const row = z.object({ id: ResourceId });
    for await (const [first] of queryGraph(send, resourceManager, { query, subscriptions, row }, signal))
      return first?.id;
    return undefined;
  }

  async function list(resource: AzureScope) {
    const found = await definitionsOf(resource);
    return found.map(({ name, unit }) => ({ metric: { resource, name }, unit }));
  }

  function definitionsOf(resource: AzureScope): Promise<Definition[]> {
    const { namespace } = resource;
    const known = definitions.get(namespace);
    if (known !== undefined) return known;
    const asked = listDefinitions(send, resourceManager, resource, closing.signal);
    definitions.set(namespace, asked);
    asked.catch(() => definitions.delete(namespace));
    return asked;
  }

  async function read({ place, window, reads }: ReadRequest<AzureMetric>, signal: AbortSignal) {
    const resources = [...new Map(reads.map(({ metric: { resource } }) => [resource.id, resource])).values()];
    const regions =
      place === undefined
        ? await locator.regionsOf(resources, signal)
        : new Map(resources.map(({ id }) => [id, place]));
    return readSeries({ send, resourceManager, metrics, window, regions, signal }, reads);
  }
}
