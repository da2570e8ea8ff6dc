import { expect, it } from 'vitest';
import type { AccessReply } from '../../../src/server/account-api.ts';
import { untoldFailures } from './access-failures.ts';

const denied = { code: 'access_denied', message: 'denied', fix: 'allow it' } as const;
const limited = { code: 'rate_limited', message: 'too many', fix: 'wait' } as const;
const check: AccessReply['checks'][number] = {
  api: 'ec2:DescribeInstances',
  calls: 3,
  took_ms: 12,
  failed_in: ['1/eu-west-1', '2/us-east-1'],
  error: denied,
  grant: null,
};
const failing = (account: string, ...failures: AccessReply['accounts'][number]['failures']) => ({
  account,
  name: null,
  regions: [],
  failures,
});

it('tells each cause once, with where it is, and leaves out what a check tells of there', () => {
  const accounts = [
    failing(
      '1',
      { region: 'eu-west-1', error: { ...denied, message: 'denied, in other words' } },
      { region: 'ap-east-1', error: denied },
      { region: 'us-east-1', error: limited },
    ),
    // Its regions could not be listed: the check asked for them in one of them.
    failing('2', { region: '*', error: denied }),
    failing('3', { region: '*', error: limited }),
  ];
  expect(untoldFailures({ accounts, checks: [check] })).toEqual([
    { error: denied, places: ['1/ap-east-1'] },
    { error: limited, places: ['1/us-east-1', '3'] },
  ]);
  expect(untoldFailures({ accounts: [failing('1')], checks: [] })).toEqual([]);
});
