import { Command } from 'commander';
import { beforeEach, expect, it, onTestFinished } from 'vitest';
import { addAccount, openSecret, replaceSecret } from '#platform/secret/accounts.ts';
import { keys, account as simulated, startCloud } from '#providers/aws/testing-fleet.fixture.ts';
import type { Account } from '#store/accounts.ts';
import { temporaryFolder } from '#store/testing/temporary-folder.ts';
import { captureOutput } from '../captured-output.fixture.ts';
import { type Data, openData } from '../open-data.ts';
import { pipeIn } from '../stdin.fixture.ts';
import { addAccountCommand } from './account.ts';

captureOutput();
let folder: string;
let data: Data;
let account: Account;
let endpoint: string;

beforeEach(async () => {
  const cloud = await startCloud({ accounts: [{ ...simulated, regions: { 'eu-west-1': 1 } }] });
  onTestFinished(() => cloud.stop());
  endpoint = cloud.url;
  folder = await temporaryFolder();
  data = await openData({ folder });
  onTestFinished(() => data[Symbol.asyncDispose]());
  const draft = { provider: 'aws', account: simulated.id, name: 'prod', regions: ['eu-west-1'] };
  account = await addAccount(data.store, data.key, draft, { from: keys, endpoint }, Date.now());
});

async function rotate(): Promise<void> {
  const program = new Command().option('--data <folder>').option('--database <url>').exitOverride();
  addAccountCommand(program);
  await program.parseAsync(['--data', folder, 'account', 'rotate', 'prod', '--secret-stdin'], { from: 'user' });
}

it('waits for a secret as any command does: Ctrl-C ends it', async () => {
  const before = process.listenerCount('SIGINT');
  let meanwhile: number | undefined;
  pipeIn(async () => {
    meanwhile = process.listenerCount('SIGINT');
    return keys.secretAccessKey;
  });
  await rotate();
  expect(meanwhile).toBe(before);
});

it('keeps what somebody else has put in its place meanwhile', async () => {
  const theirs = { from: { ...keys, accessKeyId: 'AKIADEMOTHEIRS000003' }, endpoint };
  pipeIn(async () => {
    const before = await data.store.accounts.sealedSecret(account.id);
    await replaceSecret(data.store, data.key, account, theirs, before);
    return keys.secretAccessKey;
  });
  await expect(rotate()).rejects.toMatchObject({ code: 'conflict', where: 'prod' });
  expect(await openSecret(data.store, data.key, account)).toEqual(theirs);
});
