import type { CollectError } from '#model/errors.ts';
import type { MetricReply } from '#model/fleet.ts';
import { type AskContext, askAll } from './ask.ts';
import { requestsOf } from './plan.ts';
import { isOfThePlatform } from './platform-failure.ts';
import { readServer } from './read-server.ts';
import { ReplyMaker } from './reply-maker.ts';
import type { Asked, PlatformRequest } from './request.ts';

/**
 * Asks for all metrics of a request's servers and makes cells of them.
 *
 * @throws CollectError where no call was answered, for a cause that the next servers would meet too
 */
export async function fetchRequest(
  request: PlatformRequest,
  context: AskContext,
  signal: AbortSignal,
): Promise<MetricReply<PlatformRequest>> {
  const replies = await askAll(request, context, signal);
  signal.throwIfAborted();
  const isLast = request.source + 1 >= context.sources.length;
  const groups = Map.groupBy(request.asked, ({ group }) => group);
  if (replies.haveAllFailed) {
    if (isLast) throwIfOfThePlatform(replies.errors);
    if (groups.size > 1) return askApart(groups.values(), request, context);
  }
  const reply = new ReplyMaker(request, context);
  for (const asked of groups.values()) {
    reply.addGroup(
      asked.map((each) => readServer(each, replies, request, context)),
      isLast,
    );
  }
  return reply.made();
}

function throwIfOfThePlatform(errors: readonly CollectError[]): void {
  const [first] = errors;
  if (first !== undefined && errors.every(isOfThePlatform)) throw first;
}

/** The platform fails a whole call for one secret that is missing. */
function askApart(
  groups: Iterable<readonly Asked[]>,
  request: PlatformRequest,
  context: AskContext,
): MetricReply<PlatformRequest> {
  const followUps = [...groups].flatMap((asked) => requestsOf(asked, { ...request, isApart: true }, context));
  return { answers: [], failures: [], followUps };
}
