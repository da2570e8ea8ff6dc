import { beforeEach, expect, it } from 'vitest';
import { CollectError } from '#model/errors.ts';
import { captureOutput } from '../captured-output.fixture.ts';
import { patiently } from './patience.ts';
import { ServerError } from './server-error.ts';

const heard = captureOutput();
const { signal } = new AbortController();
const away = new ServerError('unreachable', 'unavailable', 'what answers is no Fleetgauge (status 502)', {});

/** Nobody waits: as much time passes as is slept. */
let clock: { passedMs: number } & Parameters<typeof patiently>[2];
beforeEach(() => {
  clock = {
    passedMs: 0,
    now: () => clock.passedMs,
    sleep: async (ms) => {
      clock.passedMs += ms;
    },
    random: () => 0,
  };
});

/** Fails until so much time has passed. */
const backAfter = (ms: number) => async () => {
  if (clock.passedMs < ms) throw away;
  return 'there';
};

it('reads again while a server is away, and says so once', async () => {
  expect(await patiently(backAfter(20_000), signal, clock)).toBe('there');
  expect(heard.err).toBe('what answers is no Fleetgauge (status 502); trying again for a minute\n');
});

it('gives up after about a minute, with what was last said', async () => {
  await expect(patiently(backAfter(Number.POSITIVE_INFINITY), signal, clock)).rejects.toBe(away);
  expect(clock.passedMs).toBeGreaterThan(45_000);
  expect(clock.passedMs).toBeLessThanOrEqual(60_000);
});

it.each([
  new ServerError('credentials', 'secret_rejected', 'the server does not know the token', {}),
  new CollectError('not_found', 'there is no such job'),
])('does not where another try cannot help: $message', async (error) => {
  await expect(patiently(() => Promise.reject(error), signal, clock)).rejects.toBe(error);
  expect(clock.passedMs).toBe(0);
});

it('does not once nobody waits for it any more', async () => {
  const gone = new AbortController();
  const read = async () => {
    gone.abort();
    throw away;
  };
  await expect(patiently(read, gone.signal, clock)).rejects.toBe(away);
  expect(clock.passedMs).toBe(0);
});
