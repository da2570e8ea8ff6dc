import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';

const textOf = (file: string) => readFileSync(path.join(import.meta.dirname, file), 'utf8');

/** The old plugin had 41 that are known. */
const numbers = Array.from({ length: 41 }, (_, index) => `D${index + 1}`);

it('each defect of the old plugin has a test, or a reason in the guide why it cannot be', () => {
  const titles = textOf('defects.test.ts').matchAll(/['"](D\d+(?:, D\d+)*):? /g);
  const tested = [...titles].flatMap(([, all = '']) => all.split(', '));
  const rows = textOf('../../../docs/cloudforet-hazards.md').matchAll(/^\| (D\d+) \| [^|]+ \| [^|]+ \|$/gm);
  const reasoned = [...rows].map(([, number = '']) => number);
  expect(numbers.filter((number) => !tested.includes(number) && !reasoned.includes(number))).toEqual([]);
  expect(reasoned.filter((number) => tested.includes(number))).toEqual([]);
});
