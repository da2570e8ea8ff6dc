import { expect, it } from 'vitest';
import type { PluginDraft } from './plugins.ts';
import { openTestStore } from './testing/open-test-store.ts';

const draft: PluginDraft = {
  id: '0b9c2a52-6c3b-4a7e-9d44-3c3f5a7a1d10',
  name: 'ec2',
  reach: { kind: 'command', command: 'python3', args: ['main.py', '{port}'], cwd: '/srv/ec2', env: ['LANG'] },
  options: { regions: ['eu-west-1'] },
  metadata: { concurrency: 2 },
  generation: 'v2',
  status: { state: 'OK', at: 900 },
};
const sealed = Uint8Array.from([1, 2, 3]);

it('keeps plugins by name, and their secrets apart', async () => {
  const { plugins } = await openTestStore();
  const added = await plugins.add(draft, sealed, 1000);
  expect(added).toEqual({ ...draft, hasSecret: true, createdAt: 1000 });
  const endpoint = { kind: 'endpoint', url: 'grpc://plugin:50051' } as const;
  const { account } = await plugins.add(
    { ...draft, id: 'b', name: 'azure', reach: endpoint, account: 'prod' },
    undefined,
    2000,
  );
  expect(account).toBe('prod');
  expect((await plugins.list()).map(({ name, reach, hasSecret }) => [name, reach.kind, hasSecret])).toEqual([
    ['azure', 'endpoint', false],
    ['ec2', 'command', true],
  ]);
  expect(await plugins.sealedSecret(draft.id)).toEqual(sealed);
  expect(await plugins.sealedSecret('b')).toBeUndefined();
  await expect(plugins.add({ ...draft, id: 'c' }, undefined, 3000)).rejects.toMatchObject({ code: 'conflict' });
  await plugins.remove('ec2');
  await expect(plugins.get('ec2')).rejects.toMatchObject({ code: 'not_found' });
  await expect(plugins.remove('ec2')).rejects.toMatchObject({ code: 'not_found' });
  await expect(plugins.sealedSecret(draft.id)).rejects.toMatchObject({ code: 'not_found' });
});

it('notes what was seen of a plugin, and leaves the rest', async () => {
  const { plugins } = await openTestStore();
  const { id } = await plugins.add({ ...draft, reach: { kind: 'package', spec: 'p@1', args: [], env: [] } }, sealed, 1);
  const error = { code: 'unavailable', message: 'gone' } as const;
  await plugins.update(id, { status: { state: 'FAILED', at: 5, error }, lastJob: 7 });
  expect(await plugins.get('ec2')).toMatchObject({
    status: { state: 'FAILED', at: 5, error },
    lastJob: 7,
    metadata: draft.metadata,
    reach: { kind: 'package', spec: 'p@1' },
  });
  await plugins.update(id, { metadata: { concurrency: 3 }, generation: 'v1' });
  expect(await plugins.get('ec2')).toMatchObject({ metadata: { concurrency: 3 }, generation: 'v1', lastJob: 7 });
  await expect(plugins.update('nobody', { generation: 'v1' })).rejects.toMatchObject({ code: 'not_found' });
});

it('hands out what is sealed of plugins to those who change the key', async () => {
  const { plugins, sealed: values } = await openTestStore();
  await plugins.add(draft, sealed, 1000);
  await plugins.add({ ...draft, id: 'b', name: 'open' }, undefined, 1000);
  const page = await values.page('plugin', { limit: 10 });
  expect(page).toEqual([{ place: 'plugin', id: draft.id, sealed }]);
  const other = Uint8Array.from([9]);
  for (const value of page) expect(await values.replace(value, other)).toBe(true);
  for (const value of page) expect(await values.replace(value, other)).toBe(false);
  expect(await plugins.sealedSecret(draft.id)).toEqual(other);
  expect(await values.page('plugin', { limit: 10, after: draft.id })).toEqual([]);
});
