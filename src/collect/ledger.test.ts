import { expect, it } from 'vitest';
import { Ledger } from './ledger.ts';

const call = { api: 'read', account: '1', region: 'here', usd: 0.1, usdAtMost: 0.1 };

it('lets through what comes to the limit, whatever the rounding of its sum', () => {
  const ledger = new Ledger(0.3);
  for (let calls = 0; calls < 3; calls++) ledger.commit(call);
  expect(() => ledger.commit({ ...call, usdAtMost: 0.000001 })).toThrow('more than $0.3');
});
