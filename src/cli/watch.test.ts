import { expect, it } from 'vitest';
import { captureOutput } from './captured-output.fixture.ts';
import { aborted } from './interrupt.ts';
import { repeatedly, watching } from './watch.ts';

captureOutput();

it('breaks off what is being shown at Ctrl-C, with the exit code that stands for that', async () => {
  await repeatedly(true, async () => {
    const { signal = new AbortController().signal } = watching;
    process.nextTick(() => process.emit('SIGINT'));
    await aborted(signal);
    throw new Error('the request was broken off');
  });
  expect(process.exitCode).toBe(130);
  expect(watching.signal).toBeUndefined();
});

it('tells of what goes wrong by itself', async () => {
  await expect(repeatedly(true, () => Promise.reject(new Error('no such field')))).rejects.toThrow('no such field');
});

it('shows once what is to be shown once, which Ctrl-C ends as ever', async () => {
  const before = process.listenerCount('SIGINT');
  await repeatedly(undefined, async () => expect(process.listenerCount('SIGINT')).toBe(before));
  expect(process.exitCode).toBeUndefined();
});
