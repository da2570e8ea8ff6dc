import { type Command, InvalidArgumentError, Option } from 'commander';
import { type AuditAction, auditActions } from '#platform/audit/audit.ts';
import type { AuditEntry } from '#store/audit.ts';
import { dataPlace, openData } from '../open-data.ts';
import { type OutputForm, outputOption, write } from '../output.ts';

interface AuditFlags {
  readonly output: OutputForm;
  readonly limit: number;
  readonly actor?: string;
  readonly action?: AuditAction;
}

export function addAuditCommand(program: Command): void {
  const command = program
    .command('audit')
    .description('who did, or tried to do, what; newest first')
    .option('--actor <name>', 'of one user alone')
    .addOption(new Option('--action <action>', 'of one kind alone').choices([...auditActions]))
    .option('--limit <n>', 'at most so many', parseLimit, 50)
    .addOption(outputOption());
  command.action((flags: AuditFlags) => listAudit(flags, command));
}

async function listAudit({ output, ...query }: AuditFlags, command: Command): Promise<void> {
  await using data = await openData(dataPlace(command));
  await write<AuditEntry>({
    form: output,
    rows: await data.store.audit.list(query),
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

function parseLimit(text: string): number {
  const limit = Number(text);
  if (!Number.isInteger(limit) || limit < 1) throw new InvalidArgumentError('It has to be 1 or more.');
  return limit;
}
