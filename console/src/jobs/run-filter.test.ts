import { expect, it } from 'vitest';
import { fits, runFilter } from './run-filter.ts';

const task = { status: 'failed', account: 'pay-prod', region: 'eu-west-1', text: 'Access denied' };

it.each([
  ['', true],
  ['status:failed', true],
  ['status:FAILED,running', true],
  ['status:running', false],
  ['-status:running', true],
  ['-status:failed', false],
  ['status:', true],
  ['denied', true],
  ['eu-west', true],
  ['region:eu-west', false],
  ['region:eu-west-1 account:core', false],
  ['colour:red', false],
  ['-colour:red', true],
  ['nothing', false],
  ['-', true],
])('%s', (q, isFitting) => {
  expect(fits(runFilter(q), task)).toBe(isFitting);
});
