import { CollectError } from '#model/errors.ts';
import type { Answer, Failure, MetricReply } from '#model/fleet.ts';
import { reasonOf } from '#model/missing.ts';
import { type ReadContext, readBatch } from './read-batch.ts';
import { type AzureRequest, callsOf } from './request.ts';
import { RequestRead } from './request-read.ts';

/** Sends one request, call by call. @throws CollectError where it failed as a whole */
export async function fetchRequest(request: AzureRequest, context: ReadContext): Promise<MetricReply<AzureRequest>> {
  const read = new RequestRead(request);
  for (const call of callsOf(request)) read.add(await readBatch(context, request, call), call);
  const answers: Answer[] = [];
  const failures: Failure[] = [];
  for (const target of request.targets) {
    const resourceId = target.resource.id;
    for (const key of target.keys) {
      try {
        answers.push({ resourceId, key, cells: read.cellsOf(target, key) });
      } catch (caught) {
        const error = CollectError.from(caught);
        failures.push({ resourceId, key, reason: read.isGone(target) ? 'terminated' : reasonOf(error), error });
      }
    }
  }
  return { answers, failures, followUps: [] };
}
