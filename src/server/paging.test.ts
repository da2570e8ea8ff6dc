import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ServerRow, TaskProblem } from './api.ts';
import { openServer, type TestServer, type Told } from './auth-server.fixture.ts';
import { sampleNow, sampleRecord } from './sample-fleet.fixture.ts';

let opened: TestServer;
beforeAll(async () => {
  opened = await openServer();
  const { store } = opened;
  await store.inventory.put(
    Array.from({ length: 7 }, (_, at) => ({
      record: sampleRecord({ id: `i-p${at}`, name: `paged-${at}`, ...(at % 3 === 0 ? {} : { cpu: 10 + (at % 2) }) }),
    })),
    sampleNow,
  );
  const noCost = { calls: 0, metrics: 0, points: 0, usd: 0, usdAtMost: 0 };
  const draft = { demo: false, options: {}, plan: {}, planned: noCost, ownerPid: 1 };
  for (let at = 0; at < 5; at++) {
    const error = { code: 'access_denied' as const, message: `refused ${at}` };
    await store.jobs.create(
      {
        ...draft,
        tasks: [
          { provider: 'aws', account: '1', region: 'eu-west-1', plannedServers: 0, error },
          { provider: 'aws', account: '1', region: 'us-east-1', plannedServers: 1 },
        ],
      },
      sampleNow,
    );
  }
});
afterAll(() => opened.close());

const Rows = z.array(z.record(z.string(), z.unknown()));
const nextOf = ({ headers }: Told): string | undefined => /^<(.*)>; rel="next"$/.exec(String(headers.link))?.[1];

/** Follows the links from page to page. */
async function pages(path: string, between: () => Promise<void> = async () => {}): Promise<Told[]> {
  const told: Told[] = [];
  let url: string | undefined = path;
  while (url !== undefined) {
    const answer = await opened.ask('GET', url);
    expect([url, answer.status]).toEqual([url, 200]);
    url = nextOf(answer);
    expect(url === undefined).toBe(answer.meta?.next === undefined);
    told.push(answer);
    await between();
  }
  return told;
}

describe.each([
  { path: '/api/servers?limit=2&sort=-cpuAvg', key: 'id' },
  { path: '/api/servers?limit=3&sort=name&search=paged', key: 'id' },
  { path: '/api/jobs?limit=2', key: 'id' },
  { path: '/api/errors?limit=2', key: 'task' },
])('$path', ({ path, key }) => {
  it('leads through the whole list, each row once, in the order of one long page', async () => {
    const paged = await pages(path);
    const ids = paged.flatMap(({ data }) => Rows.parse(data).map((row) => row[key]));
    const { data, meta } = await opened.ask('GET', path.replace(/limit=\d/, 'limit=100'));
    expect(paged.length).toBeGreaterThan(1);
    expect(ids).toEqual(Rows.parse(data).map((row) => row[key]));
    expect(meta?.next).toBeUndefined();
  });
});

it('gives what was there from the first to the last page once, whatever comes meanwhile', async () => {
  let added = 0;
  const before = z.array(ServerRow).parse((await opened.ask('GET', '/api/servers?sort=cpuAvg&limit=1000')).data);
  const seen = await pages('/api/servers?sort=cpuAvg&limit=2', async () => {
    if (added > 4) return;
    const server = { id: `i-new-${added}`, name: 'new', ...(added % 2 === 0 ? { cpu: added * 5 } : {}) };
    added++;
    await opened.store.inventory.put([{ record: sampleRecord(server) }], sampleNow);
  });
  const rows = seen.flatMap(({ data }) => z.array(ServerRow).parse(data));
  const old = rows.filter(({ name }) => name !== 'new');
  expect(old.map(({ id }) => id)).toEqual(before.map(({ id }) => id));
  expect(new Set(rows.map(({ id }) => id)).size).toBe(rows.length);
});

it('narrows errors to a job', async () => {
  const all = z.array(TaskProblem).parse((await opened.ask('GET', '/api/errors')).data);
  expect(all).toHaveLength(5);
  const job = all[0]?.job;
  const { data } = await opened.ask('GET', `/api/errors?job=${job}`);
  expect(data).toEqual([expect.objectContaining({ job, error: { code: 'access_denied', message: 'refused 4' } })]);
});

describe('a cursor', () => {
  const forged = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

  it.each([
    { what: 'of another list', path: '/api/errors', cursor: forged({ list: 'jobs', after: 3 }) },
    { what: 'with a number that is none', path: '/api/jobs', cursor: forged({ list: 'jobs', after: 1e300 }) },
    { what: 'with more in it', path: '/api/jobs', cursor: forged({ list: 'jobs', after: 1, or: 1 }) },
    { what: 'that is no JSON', path: '/api/jobs', cursor: 'e30e' },
    { what: 'of another sort', path: '/api/servers?sort=name', cursor: forged({ by: 'cpuAvg', value: 1, id: 1 }) },
    {
      what: 'of the other direction',
      path: '/api/servers?sort=-name',
      cursor: forged({ by: 'name', value: 'a', id: 1 }),
    },
    {
      what: 'with a text for a number',
      path: '/api/servers?sort=cpuAvg',
      cursor: forged({ by: 'cpuAvg', value: 'x', id: 1 }),
    },
    {
      what: 'with null for a name',
      path: '/api/servers?sort=name',
      cursor: forged({ by: 'name', value: null, id: 1 }),
    },
    {
      what: 'with an id that is none',
      path: '/api/servers?sort=name',
      cursor: forged({ by: 'name', value: 'a', id: 0.5 }),
    },
  ])('$what is refused', async ({ path, cursor }) => {
    const answer = await opened.ask('GET', `${path}${path.includes('?') ? '&' : '?'}cursor=${cursor}`);
    expect(answer).toMatchObject({ status: 400, body: { error: { code: 'invalid_query' } } });
  });
});
