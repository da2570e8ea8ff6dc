import { type Command, Option } from 'commander';
import { type AuditAction, auditActions } from '#platform/audit/audit.ts';
import type { AuditEntry, AuditQuery } from '#store/audit.ts';
import { dataPlace, openData } from '../open-data.ts';
import { addListOptions, type ListFlags, write } from '../output.ts';
import { repeatedly } from '../watch.ts';

const usualLimit = 50;

interface AuditFlags extends ListFlags {
  readonly actor?: string;
  readonly action?: AuditAction;
}

export function addAuditCommand(program: Command): void {
  const command = addListOptions(program.command('audit'))
    .option('--actor <name>', 'of one user alone')
    .addOption(new Option('--action <action>', 'of one kind alone').choices([...auditActions]));
  command.action((flags: AuditFlags) => repeatedly(flags.watch, () => listAudit(flags, command)));
}

async function listAudit(flags: AuditFlags, command: Command): Promise<void> {
  await using data = await openData(dataPlace(command));
  await write<AuditEntry>({
    flags,
    store: data.store,
    rows: await data.store.audit.list(queryOf(flags)),
    columns: [
      { title: 'AT', value: ({ at }) => new Date(at).toISOString() },
      { title: 'ACTOR', value: ({ actor }) => actor },
      { title: 'FROM', value: ({ from }) => from ?? '' },
      { title: 'ACTION', value: ({ action }) => action },
      { title: 'TARGET', value: ({ target }) => target ?? '' },
      { title: 'OUTCOME', value: ({ outcome }) => outcome },
    ],
  });
}

function queryOf({ actor, action, limit = usualLimit }: AuditFlags): AuditQuery {
  return {
    limit: limit === 0 ? Number.MAX_SAFE_INTEGER : limit,
    ...(actor === undefined ? {} : { actor }),
    ...(action === undefined ? {} : { action }),
  };
}
