import { QueryClient, QueryObserver } from '@tanstack/react-query';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { JobEvents } from '../../../src/server/api.ts';
import { jobQuery, planKey } from '../api.ts';
import { RunStream } from './run-stream.ts';

/* Of what the server tells, what is looked at here. */
const job = (servers: number, state = 'RUNNING') => ({ id: 7, state, counts: { servers } });
const whole = (servers: number) => ({ meta: {}, data: { job: job(servers), tasks: [], ledger: [] } });
const change = (servers: number) => ({ meta: {}, data: { job: job(servers), tasks: [], ledger: null } });
const end = (servers: number) => ({ meta: {}, data: job(servers, 'SUCCESS') });

/** As the browser has it; the test is the server. */
class Source extends EventTarget {
  static readonly CLOSED = 2;
  static readonly opened: Source[] = [];
  readonly readyState = 1;

  constructor() {
    super();
    Source.opened.push(this);
  }

  tell(name: keyof JobEvents, data: object): void {
    this.dispatchEvent(new MessageEvent(name, { data: JSON.stringify(data) }));
  }

  close(): void {}
}

/** Of requests that were not answered yet, what answers them. */
const asked: ((reply: object) => void)[] = [];
const left: (() => void)[] = [];

beforeEach(() => {
  vi.stubGlobal('EventSource', Source);
  vi.stubGlobal('fetch', (_: string, { signal }: { signal: AbortSignal }) => {
    return new Promise<Response>((resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason));
      asked.push((reply) => resolve(Response.json(reply)));
    });
  });
});

afterEach(() => {
  for (const leave of left.splice(0)) leave();
  Source.opened.length = 0;
  asked.length = 0;
  vi.unstubAllGlobals();
});

/** A tab that shows the run. */
function tab() {
  const queries = new QueryClient();
  const stream = new RunStream(7, queries);
  const leave = stream.subscribe(() => {});
  left.push(
    new QueryObserver(queries, jobQuery(7)).subscribe(() => {}),
    leave,
  );
  queries.setQueryData(planKey, 'a price');
  const isPlanOld = () => queries.getQueryState(planKey)?.isInvalidated;
  return { queries, leave, isPlanOld, shown: () => queries.getQueryData(jobQuery(7).queryKey)?.data.job };
}

const patience = { timeout: 60_000 };
const reading = () => vi.waitUntil(() => Source.opened[0], patience);
const answered = () => new Promise(setImmediate);

it.each(['snapshot', 'change'] as const)(
  'is not set back by an answer that was asked for before a %s',
  async (last) => {
    const { queries, shown } = tab();
    const source = await reading();
    source.tell('snapshot', whole(1));
    void queries.invalidateQueries();
    if (last === 'snapshot') source.tell('snapshot', whole(5));
    else source.tell('change', change(5));
    for (const answer of asked) answer(whole(2));
    await answered();
    expect(shown()?.counts.servers).toBe(5);
  },
);

it('tells a tab that joins what came before, whatever its own question does', async () => {
  const first = tab();
  const source = await reading();
  source.tell('snapshot', whole(1));
  source.tell('change', change(3));
  const second = tab();
  await vi.waitUntil(() => second.shown() !== undefined, patience);
  expect(second.shown()).toEqual(first.shown());
  source.tell('change', change(4));
  await vi.waitUntil(() => second.shown()?.counts.servers === 4, patience);
  expect(Source.opened).toHaveLength(1);
});

it('ends as it was told, and asks for what else there is', async () => {
  const { shown, isPlanOld, queries } = tab();
  const queryKey = ['server', '1'];
  queries.setQueryData(queryKey, 'as it was');
  const source = await reading();
  source.tell('snapshot', whole(1));
  asked.length = 0;
  expect(isPlanOld()).toBe(false);
  source.tell('end', end(6));
  expect(isPlanOld()).toBe(true);
  expect(queries.getQueryState(queryKey)?.isInvalidated).toBe(true);
  expect(shown()).toMatchObject({ state: 'SUCCESS', counts: { servers: 6 } });
  expect(asked).toHaveLength(1);
});

it('is left before its end was told where an answer was faster, and is over all the same', async () => {
  const { leave, isPlanOld } = tab();
  const source = await reading();
  source.tell('snapshot', whole(1));
  expect(isPlanOld()).toBe(false);
  leave();
  expect(isPlanOld()).toBe(true);
});

it('does not ask twice for what its end has changed', async () => {
  const { queries, leave, isPlanOld } = tab();
  const source = await reading();
  source.tell('snapshot', whole(1));
  source.tell('end', end(6));
  queries.setQueryData(planKey, 'the next price');
  leave();
  expect(isPlanOld()).toBe(false);
});
