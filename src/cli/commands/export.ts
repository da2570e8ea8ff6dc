import { Argument, type Command, Option } from 'commander';
import { agreeOnKey } from '#jobs/agree-on-key.ts';
import { CollectError } from '#model/errors.ts';
import { exportFormNames } from '#platform/inventory/export/export.ts';
import { verdictClasses } from '#rightsizing/verdict.ts';
import { anyType } from '#store/query/resource-type.ts';
import { decisionStates } from '#store/rightsizing.ts';
import { exportTo } from '#store/transfer/transfer.ts';
import { dataPlace, openData } from '../open-data.ts';
import { parseList } from '../parse-list.ts';
import { chosenServer, withoutUser } from '../remote/reach.ts';
import { note } from '../say.ts';
import { tellCopied } from './backup.ts';
import { exportFile } from './export-file.ts';
import { type ExportKind, exportKinds, type WishFlags, wishFrom } from './export-wish.ts';

interface ExportFlags extends WishFlags {
  readonly to?: string;
}

export function addExportCommand(program: Command): void {
  const command = program
    .command('export')
    .addArgument(
      new Argument('[what]', 'servers, what was measured of them day by day, or the verdicts on them').choices([
        ...exportKinds,
      ]),
    )
    .addOption(
      new Option('--format <form>', 'of the file; where absent as its name ends, or csv').choices([...exportFormNames]),
    )
    .option('-o, --out <file>', 'which is there once it is whole; to stdout where absent')
    .option('--filter <query>', "such as 'provider:aws cpu.p95:<5 mem:none -account:sandbox'")
    .option(
      '--type <type>',
      `of servers, metrics: of resource, such as rds_instance; ${anyType} for every one, server where absent`,
    )
    .option(
      '--columns <names>',
      'of servers: name,cpu.utilization.p95,cpu.utilization.missing,tag.env; the usual ones where absent',
      parseList,
    )
    .option('--metrics <list>', 'of metrics: cpu.utilization,memory.usage where absent', parseList)
    .option('--days <n>', 'of metrics: whole UTC days up to yesterday, 14 where absent', Number)
    .addOption(new Option('--class <class>', 'of rightsizing').choices([...verdictClasses]))
    .addOption(new Option('--state <state>', 'of rightsizing').choices([...decisionStates]))
    .addOption(new Option('--to <url>', 'postgres://…').conflicts(ofFiles));
  command.action((what: ExportKind | undefined, flags: ExportFlags) => exportAny(what, flags, command));
}

const ofFiles = ['format', 'out', 'filter', 'type', 'columns', 'metrics', 'days', 'class', 'state'];

async function exportAny(what: ExportKind | undefined, { to, ...flags }: ExportFlags, command: Command): Promise<void> {
  if (to !== undefined && what === undefined) return exportAll(to, command);
  if (to === undefined && (what ?? flags.format) !== undefined) {
    // Where it is not said what, it is all that the inventory has.
    const wish = what === undefined ? wishFrom('servers', { type: anyType, ...flags }) : wishFrom(what, flags);
    return exportFile(wish, flags.out, command);
  }
  throw new CollectError('invalid_input', 'export what?', {
    fix: 'fleetgauge export servers -o servers.csv, or fleetgauge export --to postgres://…',
  });
}

async function exportAll(to: string, command: Command): Promise<void> {
  const server = chosenServer(command);
  if (server !== undefined) {
    throw new CollectError('invalid_input', 'export --to runs only beside its data folder', {
      where: withoutUser(server),
      fix: 'run it on that machine, or name the store that is meant here by --data or --database',
    });
  }
  const place = dataPlace(command);
  await using data = await openData(place);
  await agreeOnKey(data.store, data.key);
  await data.store.jobs.adoptInterrupted(Date.now());
  const running = (await data.store.jobs.list({ limit: 100 })).find(({ state }) => state === 'RUNNING');
  if (running !== undefined) {
    throw new CollectError('conflict', `job ${running.id} is writing to the store`, {
      fix: `wait for it, or stop it: fleetgauge job cancel ${running.id}`,
    });
  }
  tellCopied(await exportTo(place, to), 'moved');
  note(`Processes on the new database need the same master key (id ${data.key.id}).`);
}
