import { z } from 'zod';
import { Budget } from '#platform/budget/budget.ts';
import { ErrorReport } from './api.ts';

/* What the API says of the budget. The console takes these types. */

export const BudgetBody = Budget;
export type BudgetBody = z.infer<typeof BudgetBody>;

export const BudgetReply = z
  .strictObject({
    budget: Budget,
    month: z
      .strictObject({
        start: z.iso.datetime(),
        end: z.iso.datetime(),
        usd: z.number().describe('Of the calls of runs that began in it.'),
        usd_at_most: z.number().describe('What the budget is held against: what a cloud may bill for them.'),
        held_usd: z.number().describe('What running ones may spend beyond that.'),
        left_usd: z.number().nullable().describe('Null where the month has no limit.'),
        is_warning: z.boolean(),
      })
      .readonly(),
  })
  .readonly();
export type BudgetReply = z.infer<typeof BudgetReply>;

/** A plan, held against the budget. */
export const PlanBudget = z
  .strictObject({
    ...BudgetReply.unwrap().shape,
    refusal: ErrorReport.nullable().describe('Why the run would not begin, unless an admin says `over_budget`.'),
  })
  .readonly();
export type PlanBudget = z.infer<typeof PlanBudget>;
