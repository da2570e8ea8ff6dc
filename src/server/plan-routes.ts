import type { FastifyInstance } from 'fastify';
import type { RunOptions } from '#jobs/options.ts';
import type { PlannedRegion, RunPlan } from '#jobs/plan-run.ts';
import { planJob } from '#jobs/start-job.ts';
import { reportOf } from '#model/errors.ts';
import { noCost } from '#model/fleet.ts';
import { isoOf } from '#model/window.ts';
import { refusalOf } from '#platform/budget/guard.ts';
import { monthStanding } from '#platform/budget/month.ts';
import { budgetReply } from './budget-reply.ts';
import { costReply } from './job-reply.ts';
import { jsonRoute } from './route.ts';
import { PlanReply, RunBody } from './run-api.ts';
import { savedRunOptions } from './run-options.ts';
import { type RunSource, workOf } from './run-source.ts';

/** Ten thousand ids of servers fit. */
const bodyLimit = 131_072;

export function planRoute(app: FastifyInstance, source: RunSource): void {
  const { store, stopping, now } = source;

  jsonRoute(
    app,
    'POST',
    '/plan',
    {
      id: 'planRun',
      summary: 'What a run would find, take and cost. Signs in and lists servers, which is free; no metric is read.',
      body: RunBody,
      bodyLimit,
      replies: { data: PlanReply },
    },
    async ({ body, reply }) => {
      const work = workOf(source);
      // Not the signal of the request, which ends with its body.
      const left = new AbortController();
      reply.raw.once('close', () => left.abort());
      const signal = AbortSignal.any([stopping, work.signal, left.signal]);
      const options = await savedRunOptions(store, body);
      const plan = await planJob(options, { ...work, signal });
      const standing = await monthStanding(store, now());
      const refusal = refusalOf(plan.cost, standing);
      const budget = { ...budgetReply(standing), refusal: refusal === undefined ? null : reportOf(refusal) };
      return { data: { ...planReply(plan, options), budget } };
    },
  );
}

function planReply(
  { wanted, selection, unopened, regions, servers, cost, seconds, quota }: RunPlan,
  { filter }: RunOptions,
): Omit<PlanReply, 'budget'> {
  const { window, keys, statistics } = wanted;
  const providers = new Set(regions.map(({ target }) => target.provider));
  return {
    selection: selection === undefined ? null : { servers: selection.ids.length, filter: filter ?? null, unopened },
    servers,
    metrics: keys.length,
    statistics,
    window: { start: isoOf(window.from), end: isoOf(window.to) },
    cost: costReply(cost),
    seconds,
    quota: quota ?? null,
    places: regions.map(placeOf).filter((place) => place.servers > 0 || place.error !== null),
    prices: [...providers].flatMap(({ id, prices }) => prices.map((price) => ({ provider: id, ...price }))),
  };
}

function placeOf({ target, account, region, outcome }: PlannedRegion): PlanReply['places'][number] {
  const place = { provider: target.provider.id, account, region };
  if ('error' in outcome) {
    return { ...place, servers: 0, cost: costReply(noCost), seconds: 0, error: reportOf(outcome.error) };
  }
  const { servers, cost, seconds } = outcome.estimate;
  return { ...place, servers, cost: costReply(cost), seconds, error: null };
}
