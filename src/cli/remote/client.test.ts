import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { CollectError } from '#model/errors.ts';
import { connectTo, serverUrl } from './client.ts';
import { listening } from './listening.fixture.ts';

describe('what is asked', () => {
  it.each([
    { name: 'no answer', head: false },
    { name: 'half of one', head: true },
  ])('is broken off at once, be there $name', async ({ head }) => {
    const gone = new AbortController();
    const url = await listening((_, response) => {
      if (head) response.writeHead(200, { 'content-type': 'application/json' }).write('{"data":');
      setImmediate(() => gone.abort());
    });
    const server = connectTo(url, undefined, { signal: gone.signal });
    await expect(server.get('status', z.unknown())).rejects.toMatchObject({ code: 'cancelled', where: url });
  });

  it('is broken off by a signal of its own, too', async () => {
    const gone = new AbortController();
    const url = await listening(() => gone.abort());
    await expect(connectTo(url, undefined).get('status', z.unknown(), {}, gone.signal)).rejects.toMatchObject({
      code: 'cancelled',
    });
  });
});

describe('a file', () => {
  const workMs = 1_000;

  it('may take longer than anything else, once it has begun', async () => {
    const late = Promise.withResolvers<void>();
    const url = await listening(async (_, response) => {
      response.writeHead(200).write('one ');
      await late.promise;
      response.end('two');
    });
    let text = '';
    for await (const chunk of connectTo(url, undefined, { workMs }).bytes('file')) {
      text += Buffer.from(chunk).toString();
      if (text === 'one ') await once(AbortSignal.timeout(workMs * 2), 'abort');
      late.resolve();
    }
    expect(text).toBe('one two');
  });

  it('is not waited for where it does not begin', async () => {
    const url = await listening(() => {});
    const bytes = connectTo(url, undefined, { workMs }).bytes('file');
    await expect(bytes.next()).rejects.toMatchObject({ code: 'timeout', exit: 'unreachable' });
  });
});

it.each(['', 'fg_gehe\u00efm', 'fg_geheim\nx', 'fg geheim'])('the token %j is none, and nobody reads it', (token) => {
  const caught = CollectError.from(thrown(() => connectTo('https://h.example/', token)));
  expect(caught).toMatchObject({ code: 'invalid_input', where: 'https://h.example/' });
  expect(caught.cause).toBeUndefined();
  expect(`${caught.stack}${caught.fix}`).not.toContain('gehe');
});

it.each(['htps://u:hunter2@h', 'https://u:hunter2@h.example', 'https://u:hunter2@h:99999', 'u:hunter2@h'])(
  'the address %s is none, and its password is not told',
  (address) => {
    const caught = CollectError.from(thrown(() => serverUrl(address)));
    expect(caught).toMatchObject({ code: 'invalid_input', where: expect.stringMatching(/h/) });
    expect(`${caught.stack}${caught.where}${caught.fix}`).not.toContain('hunter2');
  },
);

function thrown(work: () => unknown): unknown {
  try {
    return work();
  } catch (caught) {
    return caught;
  }
}
