import { CollectError } from '#model/errors.ts';
import { type AskContext, askForAll, askForOne, type Question } from './ask.ts';
import type { MetricReads } from './metric-reply.ts';
import type { AzureRequest, BatchCall } from './request.ts';
import { idKey } from './resource.ts';

export interface ReadContext extends AskContext {
  readonly refusals: Refusals;
}

/** What the metrics service of a region does not have, single metrics or all of a namespace: it is not asked for again. */
export type Refusals = Map<string, CollectError>;

/** By `idKey`. */
export type Outcomes = Map<string, MetricReads | CollectError>;

/** Resources refused one by one, for reasons of their own, while none was answered: then it is the question. */
const patience = 5;

/**
 * Reads one call. One resource that is gone, or that Azure stumbles over, fails the whole of it without being named: then the
 * call is halved until the culprit stands alone, and that one is asked for by the API of single resources.
 *
 * @throws CollectError where the call failed for a reason that has nothing to do with its resources
 */
export async function readBatch(context: ReadContext, request: AzureRequest, call: BatchCall): Promise<Outcomes> {
  const { refusals } = context;
  const outcomes: Outcomes = new Map();
  let refused = 0;
  let answered = false;
  await readIds(call.ids);
  const missing = call.metrics.flatMap((metric): [string, CollectError][] => {
    const error = refusals.get(refusalOf(request, metric));
    return error === undefined ? [] : [[metric.toLowerCase(), error]];
  });
  return new Map(
    [...outcomes].map(([id, reads]) => [id, reads instanceof CollectError ? reads : new Map([...reads, ...missing])]),
  );

  async function readIds(ids: readonly string[]): Promise<void> {
    const refusal = refusals.get(refusalOfAll(request, call));
    const metrics = call.metrics.filter((metric) => !refusals.has(refusalOf(request, metric)));
    if (refusal !== undefined || metrics.length === 0) {
      for (const id of ids) outcomes.set(idKey(id), refusal ?? new Map());
      return;
    }
    const question = { request, call, metrics, ids };
    try {
      const reads = await askForAll(context, question);
      for (const id of ids) outcomes.set(idKey(id), reads.get(idKey(id)) ?? leftOut(id, context, request));
      answered = true;
    } catch (caught) {
      const error = CollectError.from(caught);
      if (!isOfTheQuestion(error)) throw error;
      const unknown = metrics.find((metric) => saysUnknown(error, metric));
      if (unknown !== undefined) {
        refusals.set(refusalOf(request, unknown), error);
        return readIds(ids);
      }
      const [only] = ids;
      if (only !== undefined && ids.length === 1) return readAlone(only, question);
      const half = Math.ceil(ids.length / 2);
      await readIds(ids.slice(0, half));
      await readIds(ids.slice(half));
    }
  }

  async function readAlone(id: string, question: Question): Promise<void> {
    try {
      outcomes.set(idKey(id), await askForOne(context, question, id));
      answered = true;
    } catch (caught) {
      const error = CollectError.from(caught);
      if (error.code === 'cancelled' || error.code === 'budget_exceeded') throw error;
      outcomes.set(idKey(id), error);
      if (error.code !== 'not_found') refused++;
      if (refused >= patience && !answered) refusals.set(refusalOfAll(request, call), error);
    }
  }
}

function refusalOf({ region, family }: AzureRequest, metric: string): string {
  return `${region} ${family.namespace} ${metric}`;
}

/** Of all metrics together, so asked. */
function refusalOfAll(request: AzureRequest, { grain, aggregations }: BatchCall): string {
  return refusalOf(request, `* ${grain} ${aggregations.join()}`);
}

function isOfTheQuestion({ code }: CollectError): boolean {
  return code === 'invalid_query' || code === 'not_found';
}

/** Clouds and regions do not all have the newest metrics. */
function saysUnknown({ message }: CollectError, metric: string): boolean {
  const text = message.toLowerCase();
  return text.includes('failed to find metric configuration') && text.includes(`metric: ${metric.toLowerCase()},`);
}

function leftOut(id: string, { subscription }: ReadContext, { region }: AzureRequest): CollectError {
  return new CollectError('malformed_reply', `monitor:getBatch left out ${id}`, { where: `${subscription}/${region}` });
}
