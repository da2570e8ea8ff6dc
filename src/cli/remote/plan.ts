import { CollectError } from '#model/errors.ts';
import { serverType } from '#model/resource-type.ts';
import { dayAt } from '#model/window.ts';
import { type PlanReply, RunBody } from '../../server/run-api.ts';
import { describeBudget } from '../describe-budget.ts';
import { describeFigures, describeRefusal, describeSelection } from '../describe-plan.ts';
import type { SavedRunFlags } from '../saved-run.ts';
import { costOf } from './rows.ts';

const flagOf: Readonly<Record<string, string>> = { statistics: '--stat', accounts: '--account', filter: '--filter' };

/** What flags want of a run, as a server is asked for it. @throws CollectError `invalid_input` naming the option */
export function runBody(flags: SavedRunFlags): RunBody {
  const { account, regions, filter, types, days, stat, metrics, concurrency } = flags;
  const given = { regions, filter, types, days, statistics: stat, metrics, concurrency };
  const asked = account.length === 0 ? given : { ...given, accounts: account };
  const parsed = RunBody.safeParse(
    Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== undefined)),
  );
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  if (issue?.code === 'unrecognized_keys') {
    throw new CollectError('invalid_input', `--${issue.keys.join(', --')} cannot be asked of a server`, {
      fix: 'run it on that machine, or leave it out',
    });
  }
  const name = String(issue?.path[0]);
  throw new CollectError('invalid_input', `${flagOf[name] ?? `--${name}`}: ${issue?.message ?? 'malformed'}`, {
    fix: 'fleetgauge help collect lists the options',
  });
}

/** The same that `describePlan` tells of a plan that was made here. */
export function describePlanReply(plan: PlanReply, { types = [serverType] }: RunBody): string {
  const { window, servers, metrics, statistics, seconds, quota, places, selection } = plan;
  const cost = costOf(plan.cost);
  const figures = describeFigures({
    servers,
    noun: types.every((type) => type === serverType) ? 'server' : 'resource',
    metrics,
    statistics,
    window: { from: dayOf(window.start), to: dayOf(window.end) },
    cost,
    regions: places.filter((place) => place.servers > 0).length,
    seconds,
    quota: quota ?? undefined,
  });
  return [
    ...figures,
    ...describeSelection(selection ?? undefined, servers),
    ...(servers > 0 && cost.metrics === 0 ? ['       All of it is stored already: no metric will be asked for.'] : []),
    ...places.flatMap(({ error, ...place }) => (error === null ? [] : [describeRefusal({ ...place, error })])),
  ].join('\n');
}

function dayOf(time: string): number {
  return dayAt(Date.parse(time) / 1000);
}

export function describeBudgetReply({ budget: { budget, month } }: PlanReply): string {
  const { usd, usd_at_most: usdAtMost, held_usd: heldUsd, is_warning: isWarning } = month;
  return describeBudget({ budget, isWarning, spending: { usd, usdAtMost, heldUsd } });
}
