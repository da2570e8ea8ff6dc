import type { FastifyInstance } from 'fastify';
import type { z } from 'zod';
import type { RunPlan } from '#jobs/plan-run.ts';
import { retryJob } from '#jobs/start-job.ts';
import { CollectError, reportOf } from '#model/errors.ts';
import { outcomeOf } from '#platform/audit/audit.ts';
import { type ProblemFilter, readProblems } from '#platform/health/problems.ts';
import type { AuditedTarget } from './audit-requests.ts';
import { ErrorSummary, ErrorsAsked, ErrorsRetried, errorSpans, RetryErrorsBody } from './error-api.ts';
import { summaryReply } from './error-reply.ts';
import { jsonRoute } from './route.ts';
import { agreement } from './run-options.ts';
import { type RunSource, workOf } from './run-source.ts';

const bodyLimit = 8_192;
const hourMs = 3_600_000;

/** What went wrong over many runs, and doing exactly that again. */
export function errorRoutes(app: FastifyInstance, source: RunSource): void {
  const { store, now } = source;

  jsonRoute(
    app,
    'GET',
    '/errors/summary',
    {
      id: 'getErrorSummary',
      summary: 'Where errors are, by account and region, and their causes, each with its fix.',
      query: ErrorsAsked,
      replies: { data: ErrorSummary },
    },
    async ({ query }) => ({ data: summaryReply(await readProblems(store, filterOf(query, now()))) }),
  );

  jsonRoute(
    app,
    'POST',
    '/errors/retry',
    {
      id: 'retryErrors',
      audit: 'job.retry',
      summary: 'Do again what failed in the last runs of these errors, and nothing else.',
      body: RetryErrorsBody,
      bodyLimit,
      replies: { data: ErrorsRetried },
    },
    async ({ body: { max_cost: maxCost = 0, ...asked }, request }) => {
      const work = workOf(source);
      const { retryable } = await readProblems(store, filterOf(asked, now()));
      const retried: { job: number; tasks: number }[] = [];
      const refused: { job: number; error: ReturnType<typeof reportOf> }[] = [];
      const audited: AuditedTarget[] = [];
      let spent = 0;
      for (const [job, tasks] of retryable) {
        const target = String(job);
        let cost = 0;
        const agree = async (plan: RunPlan) => {
          await agreement(maxCost, spent)(plan);
          cost = plan.cost.usdAtMost;
        };
        try {
          await retryJob(job, { ...work, agree }, tasks);
          spent += cost;
          retried.push({ job, tasks: tasks.length });
          audited.push({ target, outcome: 'ok' });
        } catch (caught) {
          const error = CollectError.from(caught);
          refused.push({ job, error: reportOf(error) });
          const outcome = outcomeOf(error);
          if (outcome !== undefined) audited.push({ target, outcome, detail: { code: error.code } });
        }
      }
      request.audited = audited;
      return { data: { retried, refused } };
    },
  );
}

function filterOf({ since, ...filter }: z.infer<typeof ErrorsAsked>, now: number): ProblemFilter {
  const hours = errorSpans[since];
  return { ...filter, ...(hours === null ? {} : { since: now - hours * hourMs }) };
}
