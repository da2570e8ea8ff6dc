import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '#collect/clock.ts';
import { CollectError } from '#model/errors.ts';
import { type Listening, serve } from '#wire/server.ts';
import { defaultLimits } from './limits.ts';
import { Peer } from './peer.ts';
import { type Behaviour, type Seen, serveLyingPlugin } from './testing/lying-plugin.ts';

const limits = {
  ...defaultLimits,
  answerMs: 20_000,
  silenceMs: 20_000,
  messageBytes: 2 ** 20,
  messages: 500,
  tasks: 3,
};
const secretData = { key: 'right' };

let stop: AbortController;
let seen: Seen;
let server: Listening;
let leave: AbortController;

beforeEach(async () => {
  stop = new AbortController();
  leave = new AbortController();
  seen = { sent: 0, open: 0, requests: [] };
  server = await serveLyingPlugin({ signal: stop.signal, seen });
});
afterEach(async () => {
  stop.abort();
  await server.closed;
});

const connect = (port = server.port, silenceMs = limits.silenceMs) =>
  Peer.connect(`grpc://127.0.0.1:${port}`, {
    limits: { ...limits, silenceMs },
    clock: systemClock,
    signal: leave.signal,
  });

async function drain(
  options: Behaviour,
  silenceMs?: number,
): Promise<{ count: number; error: CollectError | undefined }> {
  using peer = await connect(server.port, silenceMs);
  let count = 0;
  try {
    for await (const _ of peer.collect({ options: { ...options }, secretData }, undefined)) count++;
    return { count, error: undefined };
  } catch (caught) {
    return { count, error: CollectError.from(caught) };
  }
}

async function until(condition: () => boolean): Promise<void> {
  await expect.poll(condition).toBe(true);
}

describe('a peer', () => {
  it('is asked in the words of its generation, which its reflection tells', async () => {
    const old = await serveLyingPlugin({ generation: 'v1', signal: stop.signal, seen });
    using first = await connect(old.port);
    using second = await connect();
    expect([first.generation, second.generation]).toEqual(['v1', 'v2']);
    expect(await first.getTasks({ options: { tasks: [{}] }, secretData })).toBeUndefined();
    const tasks = [{ region: 'a' }, { region: 'b' }];
    expect(await second.getTasks({ options: { tasks }, secretData })).toEqual(tasks);
  });

  it('is one task where it does not say, as one whose author wrote no get_tasks', async () => {
    using peer = await connect();
    expect(await peer.getTasks({ options: {}, secretData })).toBeUndefined();
    expect(await peer.getTasks({ options: { tasks: [] }, secretData })).toBeUndefined();
  });

  it('cannot cut its work into more parts than we bear', async () => {
    using peer = await connect();
    const call = { options: { tasks: [{}, {}, {}, {}] }, secretData };
    await expect(peer.getTasks(call)).rejects.toMatchObject({ code: 'malformed_reply', message: /4 tasks; 3 are/ });
  });

  it('refuses a wrong secret by itself', async () => {
    using peer = await connect();
    await peer.verify({ options: {}, secretData });
    const wrong = { options: {}, secretData: { key: 'wrong' } };
    await expect(peer.verify(wrong)).rejects.toMatchObject({ code: 'secret_rejected' });
  });

  it('has to be a collector', async () => {
    const host = { version: '1', host: '127.0.0.1', port: 0, signal: stop.signal };
    const other = await serve({ ...host, generation: 'v2', services: [] });
    await expect(connect(other.port)).rejects.toMatchObject({ code: 'invalid_input', message: /no collector plugin/ });
    await expect(connect(1)).rejects.toMatchObject({ code: 'unavailable' });
    const bad = Peer.connect('http://127.0.0.1', { limits, clock: systemClock, signal: leave.signal });
    await expect(bad).rejects.toMatchObject({ code: 'invalid_input' });
  });
});

describe('a stream', () => {
  it('arrives whole', async () => {
    expect(await drain({ count: 250 })).toEqual({ count: 250, error: undefined });
  });

  it.each([
    { lie: 'hang', code: 'timeout', message: /silent for 2 s/ },
    { lie: 'break', code: 'unavailable', message: /the other side has gone/ },
    { lie: 'denied', code: 'access_denied', message: /no leave/ },
    { lie: 'huge', code: 'malformed_reply', message: /larger than max|over the limit of 1048576/ },
    { lie: 'garbage', code: 'malformed_reply', message: /cannot be read/ },
    { lie: 'endless', code: 'malformed_reply', message: /does not end: it has over 500 messages/ },
  ] as const)('of a plugin that does $lie ends with a cause, and is left', async ({ lie, code, message }) => {
    const { count, error } = await drain({ count: 3, lie }, lie === 'hang' ? 2_000 : undefined);
    expect(error).toMatchObject({ code, message });
    expect(count).toBe(lie === 'endless' ? limits.messages : 3);
    await until(() => seen.open === 0);
  });

  it('ends when nobody wants it any more, though nothing comes', async () => {
    using peer = await connect();
    const stream = peer.collect({ options: { count: 1, lie: 'hang' }, secretData }, undefined);
    await stream.next();
    const next = stream.next();
    leave.abort();
    await expect(next).rejects.toMatchObject({ code: 'cancelled' });
    await until(() => seen.open === 0);
  });

  it('waits for us: an endless one is not read ahead', async () => {
    using peer = await connect();
    const stream = peer.collect({ options: { lie: 'endless' }, secretData }, undefined);
    await stream.next();
    let before = -1;
    while (before !== seen.sent) {
      before = seen.sent;
      await wait(100);
    }
    expect(seen.sent * 65_536).toBeLessThan(16 * 2 ** 20);
    await stream.return(undefined);
    await until(() => seen.open === 0);
  });
});
