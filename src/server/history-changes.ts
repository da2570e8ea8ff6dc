import type { Change, ChangeKinds, ChangeStore } from '#store/changes.ts';
import type { RecordId } from '#store/inventory.ts';
import type { Json } from '#store/query/condition.ts';
import type { HistoryChange } from './api.ts';
import { isoTime } from './iso-time.ts';

const mostChanges = 100;

export const sizePath = 'instance_type';
const paths = { [sizePath]: 'size', 'data.compute.instance_state': 'state' } as const;
const kinds: ChangeKinds = { events: ['absent', 'seen_again'], paths: Object.keys(paths) };

/** What became of a server's size and state since a time: the newest, oldest first. */
export async function sizeAndState(changes: ChangeStore, resource: RecordId, since: number): Promise<HistoryChange[]> {
  const found = await changes.list({ resource, since, limit: mostChanges, kinds });
  return found.flatMap(toldOf).slice(0, mostChanges).reverse();
}

/** Newest first, as changes are. */
function toldOf({ at, event, job, fields }: Change): HistoryChange[] {
  const found = { at: isoTime(at), job: job ?? null };
  const itself = event === 'absent' || event === 'seen_again' ? [{ ...found, what: event, from: null, to: null }] : [];
  return [
    ...Object.entries(paths).flatMap(([path, what]) =>
      fields
        .filter((field) => field.path === path)
        .map(({ from, to }) => ({ ...found, what, from: wordOf(from), to: wordOf(to) })),
    ),
    ...itself,
  ];
}

export function wordOf(value: Json): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}
