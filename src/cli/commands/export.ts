import { randomBytes } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { agreeOnKey } from '#jobs/agree-on-key.ts';
import { CollectError } from '#model/errors.ts';
import { exportColumns } from '#platform/inventory/export/columns.ts';
import { type ExportForm, exportFormNames, exportServers } from '#platform/inventory/export/export.ts';
import { conditionOfText } from '#store/query/text.ts';
import { exportTo } from '#store/transfer/transfer.ts';
import { dataPlace, openData } from '../open-data.ts';
import { note } from '../say.ts';
import { tellCopied } from './backup.ts';

interface ExportFlags {
  readonly to?: string;
  readonly format?: ExportForm;
  readonly out?: string;
  readonly filter?: string;
  readonly columns?: string;
}

export function addExportCommand(program: Command): void {
  const command = program
    .command('export')
    .addOption(new Option('--format <form>', 'of the file').choices([...exportFormNames]))
    .option('-o, --out <file>', 'which is there once it is whole; to stdout where absent')
    .option('--filter <query>', "such as 'provider:aws cpu.p95:<5 mem:none -account:sandbox'")
    .option(
      '--columns <names>',
      'name,cpu.utilization.p95,cpu.utilization.missing,tag.env; the usual ones where absent',
    )
    .addOption(new Option('--to <url>', 'postgres://…').conflicts(['format', 'out', 'filter', 'columns']));
  command.action((flags: ExportFlags) => exportAny(flags, command));
}

async function exportAny(flags: ExportFlags, command: Command): Promise<void> {
  if (flags.to !== undefined) await exportAll(flags.to, command);
  else if (flags.format !== undefined) await exportFile(flags, flags.format, command);
  else {
    throw new CollectError('invalid_input', 'export what?', {
      fix: 'fleetgauge export --format csv -o servers.csv, or fleetgauge export --to postgres://…',
    });
  }
}

async function exportFile({ out, filter, columns }: ExportFlags, form: ExportForm, command: Command): Promise<void> {
  await using data = await openData(dataPlace(command));
  const bytes = exportServers(data.store.inventory, {
    form,
    columns: exportColumns(columns?.split(',')),
    ...(filter === undefined ? {} : { filter: { condition: conditionOfText(filter) } }),
  });
  if (out === undefined) await writeOut(bytes);
  else await writeWhole(resolve(out), bytes);
}

/** Waits for a reader that is slow; one that has gone ends it. */
async function writeOut(bytes: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const chunk of bytes) {
    await new Promise<void>((resolve, reject) => {
      process.stdout.write(chunk, (error) => (error ? reject(error) : resolve()));
    });
  }
}

/** Gives a file its name once all of it is on disk; what bore the name before stays until then. */
async function writeWhole(file: string, bytes: AsyncIterable<Uint8Array>): Promise<void> {
  const aside = `${file}.${randomBytes(6).toString('hex')}`;
  try {
    const handle = await open(aside, 'wx', 0o600);
    try {
      for await (const chunk of bytes) await handle.writeFile(chunk);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(aside, file);
  } catch (cause) {
    await rm(aside, { force: true });
    if (cause instanceof CollectError) throw cause;
    throw new CollectError('invalid_input', 'the file cannot be written', { where: file, cause });
  }
  if (process.platform !== 'win32') await syncFolder(dirname(file));
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function exportAll(to: string, command: Command): Promise<void> {
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
