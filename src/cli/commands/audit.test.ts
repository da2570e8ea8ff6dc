import { Command } from 'commander';
import { expect, it } from 'vitest';
import { openStore } from '#store/open.ts';
import { temporaryFolder } from '#store/testing/temporary-folder.ts';
import { captureOutput } from '../captured-output.fixture.ts';
import { addAuditCommand } from './audit.ts';

const heard = captureOutput();

it('finds what is older than what it shows', async () => {
  const folder = await temporaryFolder();
  const store = await openStore({ folder });
  for (let at = 1; at <= 1020; at++) {
    const outcome = at <= 2 ? 'failed' : 'ok';
    await store.audit.add({ actor: 'ann', action: at % 2 ? 'limit.set' : 'limit.remove', outcome, detail: {} }, at);
  }
  await store.close();
  const run = async (...flags: string[]) => {
    const program = new Command().option('--data <folder>').option('--database <url>').exitOverride();
    addAuditCommand(program);
    heard.out = '';
    await program.parseAsync(['--data', folder, 'audit', '-o', 'json', ...flags], { from: 'user' });
    return JSON.parse(heard.out);
  };
  expect(await run()).toMatchObject({ data: { length: 50 }, meta: { total: 1020 } });
  expect(await run('--filter', 'outcome:failed')).toMatchObject({ data: [{ at: 2 }, { at: 1 }], meta: { total: 2 } });
  expect(await run('--action', 'limit.set', '--limit', '0')).toMatchObject({
    data: { length: 510 },
    meta: { total: 510, warnings: [] },
  });
});
