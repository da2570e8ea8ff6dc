import { describe, expect, it } from 'vitest';
import { aws } from './catalog/aws.ts';
import type { Dialect, ServerPage } from './dialect.ts';
import { listServers } from './list-servers.ts';
import { rowOf } from './server-row.ts';

const row = (index: number) =>
  rowOf(
    {
      name: '',
      account: 'a',
      instance_type: '',
      cloud_service_group: '',
      cloud_service_type: '',
      region_code: '',
      data: undefined,
      tags: undefined,
      reference: undefined,
      created_at: '',
    },
    { id: `server-${index}`, secretId: '', workspaceId: '' },
  );

/** An inventory of which `remove` is gone after the first page was read. */
function inventory(count: number, remove: readonly number[] = [], mostRows = 1000) {
  let rows = Array.from({ length: count }, (_, index) => row(index));
  const pages: number[] = [];
  const dialect: Pick<Dialect, 'listServers'> = {
    async listServers(_query, { start, limit }): Promise<ServerPage> {
      const page = { rows: rows.slice(start - 1, start - 1 + Math.min(limit, mostRows)), total: rows.length };
      pages.push(start);
      rows = rows.filter((_, index) => !remove.includes(index) || pages.length > 1);
      return page;
    },
  };
  const read = async () => {
    const query = { provider: aws, accounts: [], regions: [] };
    const found = await Array.fromAsync(listServers(dialect, query, new AbortController().signal));
    return found.flat().map(({ id }) => id);
  };
  return { read, pages };
}

describe('all servers are listed', () => {
  it.each([
    [0, 1],
    [200, 1],
    [201, 2],
    [1000, 2],
    [1001, 3],
    [2600, 4],
  ])('%i of them by %i pages', async (count, pageCount) => {
    const { read, pages } = inventory(count);
    expect(await read()).toHaveLength(count);
    expect(pages).toHaveLength(pageCount);
  });

  it('of a platform that gives fewer at once than it is asked for', async () => {
    expect(await inventory(250, [], 100).read()).toHaveLength(250);
  });

  it('each once, also those that slip to another page meanwhile', async () => {
    const { read } = inventory(2500, [3, 7]);
    const ids = await read();
    expect(new Set(ids).size).toBe(ids.length);
    for (let index = 0; index < 2500; index++) if (index !== 3 && index !== 7) expect(ids).toContain(`server-${index}`);
  });
});
