import { z } from 'zod';
import { parseStored } from '#store/sql/stored-json.ts';
import type { Store } from '#store/store.ts';
import { homeDomain } from '../identity/domain.ts';

const usd = z.number().positive().max(1_000_000_000);

/** What reading metrics may cost, in USD; null where nothing holds it. */
export const Budget = z
  .strictObject({
    run_usd: usd.nullable().describe('One run.'),
    month_usd: usd.nullable().describe('A calendar month, UTC.'),
    warn_percent: z.int().min(1).max(100).describe('Of the month, from which on its cost is told as a warning.'),
  })
  .readonly();
export type Budget = z.infer<typeof Budget>;

/** Holds nothing. */
const noBudget: Budget = { run_usd: null, month_usd: null, warn_percent: 80 };

/** Of this installation. @param now epoch milliseconds */
export async function readBudget(store: Store, now: number): Promise<Budget> {
  const stored = await store.settings.get(await settingOf(store, now));
  return stored === undefined ? noBudget : parseStored(Budget, stored, 'the budget');
}

/** Holds for runs that begin from now on. @param now epoch milliseconds */
export async function writeBudget(store: Store, budget: Budget, now: number): Promise<void> {
  await store.settings.set(await settingOf(store, now), JSON.stringify(budget));
}

async function settingOf(store: Store, now: number): Promise<string> {
  return `budget ${(await homeDomain(store, now)).id}`;
}
