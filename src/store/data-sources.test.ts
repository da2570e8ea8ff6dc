import { describe, expect, it } from 'vitest';
import type { DataSource } from './data-sources.ts';
import { openTestStore } from './testing/open-test-store.ts';

const source: DataSource = {
  id: 'ds-1',
  name: 'CloudWatch',
  provider: 'aws',
  state: 'ENABLED',
  plugin: {
    id: 'grpc://127.0.0.1:50051',
    version: '1.0',
    options: { provider: 'aws' },
    metadata: { supported_stat: ['AVERAGE'], required_keys: ['data.cloudwatch'] },
  },
  tags: { team: 'web' },
  createdAt: 1000,
};

describe('data sources', () => {
  it('keeps one as it was added first', async () => {
    const { dataSources } = await openTestStore();
    expect(await dataSources.add(source)).toEqual(source);
    expect(await dataSources.add({ ...source, name: 'another', state: 'DISABLED' })).toEqual(source);
    expect(await dataSources.get('ds-1')).toEqual(source);
  });

  it('lists them by name, with the account that one signs in with', async () => {
    const { dataSources } = await openTestStore();
    const own: DataSource = { ...source, id: 'ds-0', name: 'Azure', plugin: { ...source.plugin, account: 3 } };
    await dataSources.add(source);
    await dataSources.add(own);
    expect(await dataSources.list()).toEqual([own, source]);
  });

  it('is enabled and disabled, and knows when there is none', async () => {
    const { dataSources } = await openTestStore();
    await dataSources.add(source);
    expect(await dataSources.setState('ds-1', 'DISABLED')).toEqual({ ...source, state: 'DISABLED' });
    expect(await dataSources.get('ds-1')).toMatchObject({ state: 'DISABLED' });
    for (const gone of [dataSources.get('ds-2'), dataSources.setState('ds-2', 'ENABLED')])
      await expect(gone).rejects.toMatchObject({ code: 'not_found' });
  });
});
