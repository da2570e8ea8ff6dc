import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './run-cli.ts';

/** A program that a suite needs and that npm does not bring. */
export interface Part {
  readonly path: string | undefined;
  /** What is missing and how to get it. */
  readonly reason: string;
}

/** `.ci/run` sets this: there a missing part is a failure, not a reason to skip. */
export const partsAreRequired = process.env.FLEETGAUGE_TEST_PARTS === 'required';

export const chromium = find('Chromium', 'apt-get install chromium', [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
]);

export const motoPython = find(
  'moto',
  'python3 -m venv .venv/moto && .venv/moto/bin/pip install -r tests/interop/moto/requirements.txt',
  [join(root, '.venv/moto/bin/python')],
);

/** Whether a suite has to be skipped for want of a part. Says so. @throws Error where parts are required */
export function lacks({ path, reason }: Part): boolean {
  if (path !== undefined) return false;
  if (partsAreRequired) throw new Error(reason);
  process.stderr.write(`SKIPPED  ${reason}\n`);
  return true;
}

function find(name: string, fix: string, places: readonly string[]): Part {
  return { path: places.find((place) => existsSync(place)), reason: `${name} is not on this machine. Get it: ${fix}` };
}
