import { type Command, Option } from 'commander';
import { type AuditAction, auditActions } from '#platform/audit/audit.ts';
import type { AuditEntry, AuditQuery } from '#store/audit.ts';
import { newestRows } from '../newest-rows.ts';
import { dataPlace, openData } from '../open-data.ts';
import { type ListFlags, listsRows, write } from '../output.ts';
import { askedFleet } from '../remote/asked-fleet.ts';
import type { Column } from '../table.ts';

const usualLimit = 50;

interface AuditFlags extends ListFlags {
  readonly actor?: string;
  readonly action?: AuditAction;
}

export function addAuditCommand(program: Command): void {
  const command = program
    .command('audit')
    .option('--actor <name>', 'of one user alone')
    .addOption(new Option('--action <action>', 'of one kind alone').choices([...auditActions]));
  listsRows(command, listAudit);
}

const columns: readonly Column<AuditEntry>[] = [
  { title: 'AT', value: ({ at }) => new Date(at).toISOString() },
  { title: 'ACTOR', value: ({ actor }) => actor },
  { title: 'FROM', value: ({ from }) => from ?? '' },
  { title: 'ACTION', value: ({ action }) => action },
  { title: 'TARGET', value: ({ target }) => target ?? '' },
  { title: 'OUTCOME', value: ({ outcome }) => outcome },
];

async function listAudit(given: AuditFlags, command: Command): Promise<void> {
  const flags = { ...given, limit: given.limit ?? usualLimit };
  const wanted = queryOf(given);
  const remote = await askedFleet(command);
  if (remote !== undefined) return write({ flags, columns, ...(await remote.audit(given, wanted)) });
  await using data = await openData(dataPlace(command));
  const { rows, warnings } = await newestRows(given, (page) => data.store.audit.list({ ...wanted, ...page }));
  await write({ flags, store: data.store, rows, meta: { warnings }, columns });
}

function queryOf({ actor, action }: AuditFlags): Pick<AuditQuery, 'actor' | 'action'> {
  return { ...(actor === undefined ? {} : { actor }), ...(action === undefined ? {} : { action }) };
}
