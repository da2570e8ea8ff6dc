import { CollectError } from '#model/errors.ts';
import type { RecordId } from '#store/inventory.ts';
import type { Decision } from '#store/rightsizing.ts';
import { type Review, type ReviewContext, reviewRecords } from './review.ts';

/** What somebody makes of suggestions. */
export type Resolution =
  | { readonly state: 'open' | 'accepted'; readonly note?: string }
  /** `until`: epoch milliseconds. */
  | { readonly state: 'snoozed'; readonly until: number; readonly note?: string }
  | { readonly state: 'dismissed'; readonly note: string };

/**
 * Decides on what is suggested for these servers now: on all of them, or on none.
 *
 * @param by the name of who decides
 * @returns the servers as they stand then
 * @throws CollectError `not_found` for an id of no server, `conflict` where there is nothing to decide, or nothing to accept;
 *   `invalid_input` for a time that has passed
 */
export async function decide(
  context: ReviewContext,
  ids: readonly RecordId[],
  resolution: Resolution,
  by: string,
): Promise<Review[]> {
  const { store, now } = context;
  if (resolution.state === 'snoozed' && resolution.until <= now) {
    throw new CollectError('invalid_input', 'a suggestion is snoozed until a time to come', { where: 'until' });
  }
  const wanted = [...new Set(ids)];
  const records = await store.inventory.records(wanted);
  const missing = wanted.find((id) => !records.some((record) => record.id === id));
  if (missing !== undefined) throw new CollectError('not_found', 'no server has this id', { where: String(missing) });
  const reviews = await reviewRecords(context, records);
  const decisions = reviews.map((review): [RecordId, Decision] => [
    review.stored.id,
    decisionOn(review, resolution, by, now),
  ]);
  await store.rightsizing.decide(new Map(decisions));
  return reviewRecords(context, records);
}

function decisionOn({ stored, verdict, state }: Review, resolution: Resolution, by: string, now: number): Decision {
  const where = stored.record.name;
  if (state === null) throw new CollectError('conflict', 'there is nothing to decide', { where });
  const { suggestion, withheld } = verdict;
  if (resolution.state === 'accepted' && suggestion === null) {
    throw new CollectError('conflict', `nothing is suggested that could be accepted: ${withheld}`, { where });
  }
  const target = suggestion?.action === 'resize' ? suggestion.size.name : undefined;
  return { ...resolution, verdict: verdict.class, ...(target === undefined ? {} : { target }), by, at: now };
}
