import type { Command } from 'commander';
import type { FieldChange } from '#store/changes.ts';
import type { Json } from '#store/query/condition.ts';
import { findServer } from '../find-server.ts';
import { newestRows } from '../newest-rows.ts';
import { dataPlace, openData } from '../open-data.ts';
import { type ListFlags, listsRows, write } from '../output.ts';
import { askedFleet } from '../remote/asked-fleet.ts';
import type { SeenChange } from '../remote/rows.ts';
import type { Column } from '../table.ts';

const usualLimit = 200;

export function addHistoryCommand(server: Command): void {
  const command = server
    .command('history')
    .description('what became of a server, newest first; what was measured of it is not among it')
    .argument('<id>', 'its name or resource id');
  listsRows(command, listChanges);
}

const columns: readonly Column<SeenChange>[] = [
  { title: 'AT', value: ({ at }) => new Date(at).toISOString() },
  { title: 'EVENT', value: ({ event }) => event },
  { title: 'JOB', value: ({ job }) => job?.toString() ?? '' },
  { title: 'CHANGES', value: ({ fields }) => fields.map(describe).join('; ') },
];

async function listChanges(given: ListFlags, command: Command, name = ''): Promise<void> {
  const flags = { ...given, limit: given.limit ?? usualLimit };
  const remote = await askedFleet(command);
  if (remote !== undefined) return write({ flags, columns, ...(await remote.changes(name, given)) });
  await using data = await openData(dataPlace(command));
  const { id } = await findServer(data.store, name, {});
  const { rows, warnings } = await newestRows(given, (page) => data.store.changes.list({ resource: id, ...page }));
  await write({ flags, store: data.store, rows, meta: { warnings }, columns });
}

function describe({ path, from, to }: FieldChange): string {
  return `${path}: ${textOf(from)} → ${textOf(to)}`;
}

function textOf(value: Json): string {
  if (value === null) return '–';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
