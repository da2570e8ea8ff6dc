import { expect, it } from 'vitest';
import { CollectError } from '#model/errors.ts';
import { captureOutput } from './captured-output.fixture.ts';
import { following } from './following.ts';

const heard = captureOutput();
const goesOn = 'Job 7 goes on.  fleetgauge job watch 7, or fleetgauge job cancel 7\n';

it.each([
  { code: 'unavailable' as const, says: goesOn },
  { code: 'not_found' as const, says: '' },
])('says of a run that nobody can be asked about that it goes on: $code', async ({ code, says }) => {
  const error = new CollectError(code, 'no answer');
  await expect(following(7, new AbortController().signal, () => Promise.reject(error))).rejects.toBe(error);
  expect([heard.err, process.exitCode]).toEqual([says, undefined]);
});

it('ends with 130 once it was stopped', async () => {
  await following(7, AbortSignal.abort(), () => Promise.reject(new Error('aborted')));
  expect([heard.err, process.exitCode]).toEqual([goesOn, 130]);
});
