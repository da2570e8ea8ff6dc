import { resolve } from 'node:path';
import type { Command } from 'commander';
import { agreeOnKey } from '#jobs/agree-on-key.ts';
import { lockServer } from '#store/lock.ts';
import { backUp, restore } from '#store/transfer/transfer.ts';
import { formatCount, plural } from '../format.ts';
import { dataPlace, openData } from '../open-data.ts';
import { note } from '../say.ts';

export function addBackupCommand(program: Command): void {
  const backup = program.command('backup').argument('<file>', 'a new file');
  backup.action((file: string) => backUpTo(file, backup));
}

export function addRestoreCommand(program: Command): void {
  const back = program.command('restore').argument('<file>', 'that backup made');
  back.action((file: string) => restoreFrom(file, back));
}

async function backUpTo(file: string, command: Command): Promise<void> {
  const place = dataPlace(command);
  await using data = await openData(place);
  await agreeOnKey(data.store, data.key);
  const copied = await backUp(place, resolve(file));
  tellCopied(copied, `in ${file}`);
  note(`The master key (id ${data.key.id}) is not in it. Keep that elsewhere: without it, no secret opens.`);
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
  note(
    `${plural(copied.get('resource') ?? 0, 'record')} and ${formatCount(rows)} rows in all ${what}, each of them read again and compared.`,
  );
}
