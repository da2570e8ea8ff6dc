import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ServerRow } from './api.ts';
import { openServer, type TestServer } from './auth-server.fixture.ts';

let opened: TestServer;
beforeAll(async () => {
  opened = await openServer();
});
afterAll(() => opened.close());

async function trends(query: string) {
  const { status, data } = await opened.ask('GET', `/api/servers?${query}`);
  expect(status).toBe(200);
  return z
    .array(ServerRow)
    .parse(data)
    .map(({ trend }) => trend);
}

describe('the trend of a row', () => {
  it('is cpu by day, oldest first, and null where a day has no data', async () => {
    const none = [null, null, null];
    expect(await trends('sort=id&from=0&trend=3')).toEqual([[null, null, 3.4], none, none, none]);
    expect((await trends('sort=id&limit=1&trend=90'))[0]).toHaveLength(90);
  });

  it('is there only where it is asked for', async () => {
    expect(await trends('from=0&limit=1')).toEqual([undefined]);
  });

  it.each(['0', '91', 'x'])('is refused for %s days', async (days) => {
    const { status, error } = await opened.ask('GET', `/api/servers?trend=${days}`);
    expect([status, error?.where]).toEqual([400, 'trend']);
  });
});
