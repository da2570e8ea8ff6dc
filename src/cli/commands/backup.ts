import { resolve } from 'node:path';
import type { Command } from 'commander';
import { agreeOnKey } from '#jobs/agree-on-key.ts';
import { lockServer } from '#store/lock.ts';
import { backUp, restore } from '#store/transfer/transfer.ts';
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
}

async function backUpTo(file: string, command: Command): Promise<void> {
  const place = dataPlace(command);
  await using data = await openData(place);
  await agreeOnKey(data.store, data.key);
  const copied = await backUp(place, resolve(file));
  tellCopied(copied, `in ${file}`);
  process.stderr.write(
    `The master key (id ${data.key.id}) is not in it. Keep that elsewhere: without it, no secret opens.\n`,
  );
}

async function restoreFrom(file: string, command: Command): Promise<void> {
  const place = dataPlace(command);
  if (place.database === undefined) {
    const lock = await lockServer(place.folder, { url: 'restoring' });
    try {
      tellCopied(await restore(resolve(file), place), 'restored');
    } finally {
      await lock.release();
    }
  } else tellCopied(await restore(resolve(file), place), 'restored');
  await using data = await openData(place);
  await agreeOnKey(data.store, data.key);
}

/** Says what was copied. */
export function tellCopied(copied: ReadonlyMap<string, number>, what: string): void {
  const rows = [...copied.values()].reduce((sum, count) => sum + count, 0);
  process.stderr.write(
    `${plural(copied.get('resource') ?? 0, 'record')} and ${formatCount(rows)} rows in all ${what}, each of them read again and compared.\n`,
  );
}
