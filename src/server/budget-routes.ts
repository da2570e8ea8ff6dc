import type { FastifyInstance } from 'fastify';
import { writeBudget } from '#platform/budget/budget.ts';
import { monthStanding } from '#platform/budget/month.ts';
import type { Store } from '#store/store.ts';
import { BudgetBody, BudgetReply } from './budget-api.ts';
import { budgetReply } from './budget-reply.ts';
import { jsonRoute } from './route.ts';

const bodyLimit = 4_096;

interface BudgetSource {
  readonly store: Store;
  readonly now: () => number;
}

/** What reading metrics may cost, and what it has cost this month. */
export function budgetRoutes(app: FastifyInstance, { store, now }: BudgetSource): void {
  jsonRoute(
    app,
    'GET',
    '/budget',
    {
      id: 'getBudget',
      summary: 'What runs may cost, and what those of this calendar month (UTC) have cost.',
      replies: { data: BudgetReply },
    },
    async () => ({ data: budgetReply(await monthStanding(store, now())) }),
  );

  jsonRoute(
    app,
    'PUT',
    '/budget',
    {
      id: 'setBudget',
      audit: 'budget.set',
      summary:
        'Set what runs may cost from now on. One that could cost more does not begin, and schedules obey it too.',
      body: BudgetBody,
      bodyLimit,
      replies: { data: BudgetReply },
    },
    async ({ body }) => {
      await writeBudget(store, body, now());
      return { data: budgetReply(await monthStanding(store, now())) };
    },
  );
}
