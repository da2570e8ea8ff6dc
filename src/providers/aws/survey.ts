import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { CollectError } from '#model/errors.ts';
import { addCosts, type Cost } from '#model/fleet.ts';
import { serverType } from '#model/resource-type.ts';
import { AgentIndex } from './agent-index.ts';
import { listAgents } from './agents.ts';
import { agentPlatforms, bucketSize } from './catalog.ts';
import { listingCost, listSeries } from './list-metrics.ts';
import type { Send } from './send.ts';
import { StorageIndex } from './storage-index.ts';
import type { RowTypeId } from './types.ts';

/** What a plan needs to know and discovery does not tell. */
export interface Survey {
  readonly agents: AgentIndex;
  readonly storage: StorageIndex;
}

const bucketType: RowTypeId = 's3_bucket';

/** Asks only for what resources of these types need. A refusal costs the keys alone that hang on the answer. */
export async function surveyRegion(
  client: CloudWatchClient,
  send: Send,
  region: string,
  types: readonly string[],
  signal: AbortSignal,
): Promise<Survey> {
  const agents = types.includes(serverType)
    ? await orRefused(listAgents(client, send, region, signal), (error) => new AgentIndex(error))
    : new AgentIndex();
  const storage = types.includes(bucketType)
    ? await orRefused(listStorage(client, send, region, signal), (error) => new StorageIndex(error))
    : new StorageIndex();
  return { agents, storage };
}

/** A server has one series of its memory, rarely two; a bucket has one for each type of storage in it, rarely more than four. */
export function surveyCost(resources: number, types: readonly string[]): Cost {
  return addCosts([
    ...(types.includes(serverType) ? [listingCost(agentPlatforms.length, 2 * resources)] : []),
    ...(types.includes(bucketType) ? [listingCost(1, 4 * resources)] : []),
  ]);
}

async function listStorage(
  client: CloudWatchClient,
  send: Send,
  region: string,
  signal: AbortSignal,
): Promise<StorageIndex> {
  const index = new StorageIndex();
  for await (const { Dimensions = [] } of listSeries(client, send, region, bucketSize, signal)) index.add(Dimensions);
  return index;
}

/** @throws CollectError where the run is over */
async function orRefused<T>(listing: Promise<T>, refused: (error: CollectError) => T): Promise<T> {
  try {
    return await listing;
  } catch (caught) {
    const error = CollectError.from(caught);
    if (error.code === 'cancelled' || error.code === 'budget_exceeded') throw error;
    return refused(error);
  }
}
