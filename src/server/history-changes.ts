import type { Change, ChangeStore } from '#store/changes.ts';
import type { RecordId } from '#store/inventory.ts';
import type { Json } from '#store/query/condition.ts';
import type { HistoryChange } from './api.ts';
import { isoTime } from './iso-time.ts';

const mostChanges = 100;
const readAtOnce = 100;
/** Of a server whose tags change by the hour, nobody waits for the end. */
const mostReads = 5;

/** What became of a server's size and state since a time: the newest, oldest first. */
export async function sizeAndState(changes: ChangeStore, resource: RecordId, since: number): Promise<HistoryChange[]> {
  const found: HistoryChange[] = [];
  let before: number | undefined;
  for (let reads = 0; reads < mostReads && found.length < mostChanges; reads++) {
    const page = await changes.list({
      resource,
      limit: readAtOnce,
      ...(before === undefined ? {} : { before }),
    });
    const inTime = page.filter(({ at }) => at >= since);
    found.push(...inTime.flatMap(toldOf));
    before = page.at(-1)?.id;
    if (inTime.length < readAtOnce) break;
  }
  return found.slice(0, mostChanges).reverse();
}

const paths = { instance_type: 'size', 'data.compute.instance_state': 'state' } as const;

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

function wordOf(value: Json): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}
