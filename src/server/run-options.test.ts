import { expect, it } from 'vitest';
import { noCost } from '#model/fleet.ts';
import { agreement } from './run-options.ts';

const planOf = (usdAtMost: number) => ({ cost: { ...noCost, usdAtMost } });

it('agrees to what is as dear as was said, also in parts whose sum is not exact', async () => {
  await expect(agreement(0.3, 0.1)(planOf(0.2))).resolves.toBeUndefined();
  await expect(agreement(0.3, 0.1 + 0.2)(planOf(0))).resolves.toBeUndefined();
  await expect(agreement()(planOf(0))).resolves.toBeUndefined();
});

it('says what a plan costs beside what is spent, and what was agreed to', async () => {
  const message =
    'it could cost $0.2100 beside $0.1000 for what is done again already, and nobody has agreed to more than $0.3';
  await expect(agreement(0.3, 0.1)(planOf(0.21))).rejects.toMatchObject({ code: 'budget_exceeded', message });
});
