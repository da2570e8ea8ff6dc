import type { Command } from 'commander';
import { agreeOnKey } from '#jobs/agree-on-key.ts';
import { homeDomain } from '#platform/identity/domain.ts';
import { rotateSigningKey } from '#platform/identity/signing-keys.ts';
import { isKeyGiven } from '#platform/secret/master-key.ts';
import { addKeyVersion, forgetKey, rewrapSecrets, secretsByKey } from '#platform/secret/rotate.ts';
import { exitCodes } from '../exit-codes.ts';
import { plural } from '../format.ts';
import { onInterrupt } from '../interrupt.ts';
import { type DataPlace, dataPlace, openData } from '../open-data.ts';
import { type ListFlags, listsRows, write } from '../output.ts';
import { printError } from '../print-error.ts';
import { note } from '../say.ts';

export function addSecretCommand(program: Command): void {
  const secret = program.command('secret');
  listsRows(secret.command('keys').description('which master key seals how many secrets'), listKeys);
  const rotate = secret
    .command('rotate')
    .description('seal all credentials under a new master key, while all runs on; goes on where it was stopped');
  rotate.action(() => rotateMasterKey(dataPlace(rotate)));
  const forget = secret
    .command('forget')
    .description('remove the file of a master key that seals nothing any more')
    .argument('<key id>');
  forget.action(async (id: string) => {
    const place = dataPlace(forget);
    await using data = await openData(place);
    await forgetKey(data.store, place.folder, id);
    note(`Removed master key ${id}.`);
  });
  const signing = secret
    .command('rotate-signing')
    .description('sign tokens with a new key; those of the last one hold until they run out')
    .option('--compromised', 'the last one was stolen: what it signed is worth nothing, at once');
  signing.action(async (flags: { compromised?: boolean }) => {
    await using data = await openData(dataPlace(signing));
    const { id: domain } = await homeDomain(data.store, Date.now());
    const id = await rotateSigningKey(data.store, data.key, domain, Date.now(), flags.compromised);
    note(`Tokens are signed by ${id} now.`);
  });
}

async function listKeys(flags: ListFlags, command: Command): Promise<void> {
  await using data = await openData(dataPlace(command));
  const { id: newest } = await data.key.newest();
  const counts = new Map([[newest, 0], ...(await secretsByKey(data.store))]);
  await write({
    flags,
    store: data.store,
    rows: [...counts].map(([id, secrets]) => ({ id, secrets, newest: id === newest })),
    columns: [
      { title: 'KEY', value: ({ id }) => id },
      { title: 'SECRETS', value: ({ secrets }) => String(secrets), alignRight: true },
      { title: 'NEWEST', value: ({ newest }) => (newest ? 'yes' : 'no') },
    ],
  });
}

async function rotateMasterKey(place: DataPlace): Promise<void> {
  await using data = await openData(place);
  using interrupt = onInterrupt(note);
  const before = new Set((await secretsByKey(data.store)).keys());
  const { folder, database } = place;
  const isMade = await addKeyVersion(data.store, data.key, {
    folder,
    env: process.env,
    isShared: database !== undefined,
  });
  if (isMade) note(`Made master key ${data.key.id}. Back it up: ${folder}`);
  const { rewrapped, current, failed } = await rewrapSecrets(data.store, data.key, interrupt.stopping);
  note(`${plural(rewrapped, 'secret')} sealed anew, ${plural(current, 'secret')} left as they were.`);
  await agreeOnKey(data.store, data.key);
  for (const error of failed) printError(error);
  if (failed.length > 0) {
    process.exitCode = exitCodes.partial;
    return;
  }
  const old = [...before].filter((id) => id !== data.key.id);
  if (isKeyGiven(process.env))
    note('Where FLEETGAUGE_MASTER_KEY names several keys, the first one alone is needed now.');
  else for (const id of old) note(`Next   fleetgauge secret forget ${id}`);
}
