import { expect, it } from 'vitest';
import { openTestStore } from '../testing/open-test-store.ts';
import { server } from '../testing/servers.ts';

it('finds the changes of some kinds alone, newest first', async () => {
  const { changes, inventory, close } = await openTestStore();
  const [resource = 0, other = 0] = await inventory.put([{ record: server('i-1') }, { record: server('i-2') }], 1);
  const field = (path: string, to = 'b') => ({ path, from: 'a', to });
  const add = (at: number, ...fields: ReturnType<typeof field>[]) =>
    changes.add([{ resource, event: 'changed', fields }], at);
  await add(10, field('instance_type'));
  await add(20, field('tags.env'), field('instance_type'));
  await add(30, field('tags.note', '"path":"instance_type"'), field('instanceXtype'), field('tags.instance_type'));
  await changes.add([{ resource, event: 'absent', fields: [] }], 40);
  await add(50, field('tags.100%\\"'));
  await add(60, field('tags.100 \\"'));
  await changes.add([{ resource: other, event: 'changed', fields: [field('instance_type')] }], 70);

  const times = async (of: Omit<Parameters<typeof changes.list>[0], 'resource' | 'limit'>, limit = 9) =>
    (await changes.list({ resource, limit, ...of })).map(({ at }) => at);
  expect(await times({ kinds: { paths: ['instance_type'] } })).toEqual([20, 10]);
  expect(await times({ kinds: { paths: ['instance_type'] } }, 1)).toEqual([20]);
  expect(await times({ kinds: { paths: ['instance_type'] }, since: 20 })).toEqual([20]);
  expect(await times({ kinds: { paths: ['instance_type'], events: ['absent', 'seen_again'] } })).toEqual([40, 20, 10]);
  expect(await times({ kinds: { paths: ['tags.100%\\"'] } })).toEqual([50]);
  expect(await times({ kinds: { paths: ['name'] } })).toEqual([]);
  expect(await times({ since: 30 })).toEqual([60, 50, 40, 30]);
  await close();
});
