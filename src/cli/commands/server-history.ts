import type { Command } from 'commander';
import type { Change, FieldChange } from '#store/changes.ts';
import type { Json } from '#store/query/condition.ts';
import { findServer } from '../find-server.ts';
import { dataPlace, openData } from '../open-data.ts';
import { addListOptions, type ListFlags, write } from '../output.ts';
import { repeatedly } from '../watch.ts';

/** The newest changes of a server. */
const shown = 200;

export function addHistoryCommand(server: Command): void {
  const command = server
    .command('history')
    .description('what became of a server, newest first; what was measured of it is not among it')
    .argument('<id>', 'its name or resource id');
  addListOptions(command).action((id: string, flags: ListFlags) =>
    repeatedly(flags.watch, () => listChanges(id, flags, command)),
  );
}

async function listChanges(name: string, flags: ListFlags, command: Command): Promise<void> {
  await using data = await openData(dataPlace(command));
  const { id } = await findServer(data.store, name, {});
  await write<Change>({
    flags,
    store: data.store,
    rows: await data.store.changes.list({ resource: id, limit: shown }),
    columns: [
      { title: 'AT', value: ({ at }) => new Date(at).toISOString() },
      { title: 'EVENT', value: ({ event }) => event },
      { title: 'JOB', value: ({ job }) => job?.toString() ?? '' },
      { title: 'CHANGES', value: ({ fields }) => fields.map(describe).join('; ') },
    ],
  });
}

function describe({ path, from, to }: FieldChange): string {
  return `${path}: ${textOf(from)} → ${textOf(to)}`;
}

function textOf(value: Json): string {
  if (value === null) return '–';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
