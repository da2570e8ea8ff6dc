import { expect, it } from 'vitest';
import { CollectError } from '#model/errors.ts';
import { captureOutput } from './captured-output.fixture.ts';
import { printError } from './print-error.ts';
import { speak } from './say.ts';

const heard = captureOutput();

it.each([0, 2])('says once where a fault of ours came from: verbosity %i', (verbose) => {
  speak({ verbose, input: false, progress: 'none' });
  printError(CollectError.from(new TypeError('no such thing')));
  expect(heard.err).toContain('This is a fault of fleetgauge.');
  expect(heard.err.match(/TypeError: no such thing\n +at /g)).toHaveLength(1);
});
