import { expect, it } from 'vitest';
import type { AccessReport } from '#jobs/check-access.ts';
import { CollectError } from '#model/errors.ts';
import { noCost } from '#model/fleet.ts';
import { accessReply } from './access-reply.ts';

const unseen = new CollectError('access_denied', 'Azure does not show this subscription to us');
const denied = new CollectError('access_denied', 'DescribeInstances: denied');

const report: AccessReport = {
  principal: 'us',
  accounts: [],
  checks: [],
  spent: noCost,
  expiry: undefined,
  error: undefined,
  isPartial: false,
};
const provider = { id: 'aws' };
const check = { api: 'ec2:DescribeInstances', calls: 1, tookMs: 1, failures: [] };

it.each([
  {
    name: 'is well where nothing failed',
    accounts: [{ account: '1', regions: [], failures: [] }],
    is_ok: true,
    error: null,
  },
  {
    name: 'tells of an account that was refused without a call',
    accounts: [{ account: '1', regions: [], failures: [{ region: '*', error: unseen }] }],
    is_ok: false,
    error: { code: 'access_denied', message: unseen.message },
  },
])('an access reply $name', ({ accounts, is_ok, error }) => {
  expect(accessReply({ ...report, accounts, checks: [check] }, provider)).toMatchObject({ is_ok, error });
});

it('an access reply says once what a check says', () => {
  const failures = [{ region: 'eu-west-1', error: denied }];
  const accounts = [{ account: '1', regions: [], failures }];
  const checks = [{ ...check, failures: [{ account: '1', region: 'eu-west-1', error: denied }] }];
  const reply = accessReply({ ...report, accounts, checks }, provider);
  expect(reply).toMatchObject({ is_ok: false, error: null, checks: [{ error: { message: denied.message } }] });
});
