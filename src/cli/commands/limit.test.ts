import { Command } from 'commander';
import { expect, it } from 'vitest';
import { openStore } from '#store/open.ts';
import { temporaryFolder } from '#store/testing/temporary-folder.ts';
import { addLimitCommand } from './limit.ts';

it('limits what a provider, an account or a plugin runs at once', async () => {
  const folder = await temporaryFolder();
  const run = async (...words: string[]) => {
    const program = new Command().option('--data <folder>').option('--database <url>');
    addLimitCommand(program);
    await program.parseAsync(['--data', folder, 'limit', ...words], { from: 'user' });
  };
  const before = await openStore({ folder });
  await before.plugins.add(
    {
      ...{ id: 'p', name: 'theirs', reach: { kind: 'endpoint', url: 'grpc://plugin:50051' }, options: {} },
      ...{ metadata: {}, generation: 'v2', status: { state: 'OK', at: 1 } },
    },
    undefined,
    1,
  );
  await before.close();
  for (const [of, tasks] of [
    ['aws', '9'],
    ['aws/123', '3'],
    ['plugin/theirs', '2'],
  ] as const) {
    await run('set', of, tasks);
  }
  await expect(run('set', 'plugin/nobody', '2')).rejects.toMatchObject({ code: 'not_found' });
  await run('rm', 'aws/123');
  const after = await openStore({ folder });
  expect(await after.limits.list()).toEqual([
    { provider: 'aws', tasks: 9 },
    { provider: 'plugin', account: 'theirs', tasks: 2 },
  ]);
  await after.close();
});
