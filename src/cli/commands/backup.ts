import { resolve } from 'node:path';
import type { Command } from 'commander';
import { agreeOnKey } from '#jobs/agree-on-key.ts';
import { CollectError } from '#model/errors.ts';
import { lockServer } from '#store/lock.ts';
import { backUp, exportTo, restore } from '#store/transfer/transfer.ts';
import { formatCount, plural } from '../format.ts';
import { dataPlace, openData } from '../open-data.ts';

export function addBackupCommands(program: Command): void {
  const backup = program
    .command('backup')
    .description('write all that is stored into one file; it may be in use meanwhile')
    .argument('<file>', 'a new file');
  backup.action((file: string) => backUpTo(file, backup));
  const back = program
    .command('restore')
    .description('bring back what a backup holds, into an empty data folder or database')
    .argument('<file>', 'that backup made');
  back.action((file: string) => restoreFrom(file, back));
  const exporting = program
    .command('export')
    .description('move to PostgreSQL: copy all that is stored to an empty database, all of it or nothing')
    .requiredOption('--to <url>', 'postgres://…');
  exporting.action((flags: { to: string }) => exportAll(flags.to, exporting));
}

async function backUpTo(file: string, command: Command): Promise<void> {
  const place = dataPlace(command);
  await using data = await openData(place);
  await agreeOnKey(data.store, data.key);
  const copied = await backUp(place, resolve(file));
  tell(copied, `in ${file}`);
  process.stderr.write(
    `The master key (id ${data.key.id}) is not in it. Keep that elsewhere: without it, no secret opens.\n`,
  );
}

async function restoreFrom(file: string, command: Command): Promise<void> {
  const place = dataPlace(command);
  if (place.database === undefined) {
    const lock = await lockServer(place.folder, { url: 'restoring' });
    try {
      tell(await restore(resolve(file), place), 'restored');
    } finally {
      await lock.release();
    }
  } else tell(await restore(resolve(file), place), 'restored');
  await using data = await openData(place);
  await agreeOnKey(data.store, data.key);
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
  tell(await exportTo(place, to), 'moved');
  process.stderr.write(`Processes on the new database need the same master key (id ${data.key.id}).\n`);
}

function tell(copied: ReadonlyMap<string, number>, what: string): void {
  const rows = [...copied.values()].reduce((sum, count) => sum + count, 0);
  process.stderr.write(
    `${plural(copied.get('resource') ?? 0, 'record')} and ${formatCount(rows)} rows in all ${what}, each of them read again and compared.\n`,
  );
}
