import { expect, it } from 'vitest';
import { captureOutput } from '../captured-output.fixture.ts';
import { writeTo } from './export-write.ts';

const heard = captureOutput();

async function* bytes() {
  yield Buffer.from('a,b\r\n');
  yield Buffer.from('1,2\r\n');
}

it.each([undefined, '/dev/stdout'])('goes on with what stdout has already: %s', async (out) => {
  await writeTo(out, bytes(), new AbortController().signal);
  expect(heard.out).toBe('a,b\r\n1,2\r\n');
});

it('writes no more than it is asked to', async () => {
  await expect(writeTo(undefined, bytes(), AbortSignal.abort())).rejects.toMatchObject({ code: 'cancelled' });
  expect(heard.out).toBe('');
});
