import { Command } from 'commander';
import { expect, it, vi } from 'vitest';
import { addAccount } from '#platform/secret/accounts.ts';
import { account, startCloud } from '#providers/aws/testing-fleet.fixture.ts';
import { temporaryFolder } from '#store/testing/temporary-folder.ts';
import { captureOutput } from '../captured-output.fixture.ts';
import { exitCodes } from '../exit-codes.ts';
import { openData } from '../open-data.ts';
import { addDiscoverCommand } from './discover.ts';

const heard = captureOutput();

it('looks again and again with -w, until Ctrl-C', async () => {
  const cloud = await startCloud({ accounts: [{ ...account, regions: { 'eu-west-1': 3 } }] });
  const folder = await temporaryFolder();
  {
    await using data = await openData({ folder });
    const { accessKeyId, secretAccessKey } = account;
    const secret = { from: { kind: 'keys', accessKeyId, secretAccessKey }, endpoint: cloud.url };
    const draft = { provider: 'aws', account: account.id, name: 'prod', regions: ['eu-west-1'] };
    await addAccount(data.store, data.key, draft, secret, Date.now());
  }
  const program = new Command().option('--data <folder>').option('--database <url>').exitOverride();
  addDiscoverCommand(program);
  const words = ['--data', folder, 'discover', '-w', '10ms', '--fields', 'region,servers'];
  // Ctrl-C may come while it looks.
  const ended = program.parseAsync(words, { from: 'user' }).catch((caught) => caught);
  await vi.waitFor(() => expect(heard.out.match(/^eu-west-1\t3$/gm)?.length).toBeGreaterThan(1), 60_000);
  process.emit('SIGINT');
  const caught = await ended;
  if (caught instanceof Error) expect(caught).toMatchObject({ code: 'cancelled' });
  else expect(process.exitCode).toBe(exitCodes.interrupted);
  await cloud.stop();
});
