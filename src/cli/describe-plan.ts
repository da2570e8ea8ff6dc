import pc from 'picocolors';
import type { PlannedRegion, RunPlan } from '#jobs/plan-run.ts';
import { serverType } from '#model/resource-type.ts';
import { dayCount, isoOf } from '#model/window.ts';
import { aboutSeconds, formatCount, formatUsd, plural } from './format.ts';

/** The plan of a run, for people: what will be asked, what it costs, how long it takes, and what is out of reach already. */
export function describePlan(plan: RunPlan): string {
  const { wanted, cost, regions } = plan;
  const { window, keys, statistics } = wanted;
  const readable = regions.filter(({ outcome }) => 'estimate' in outcome && outcome.estimate.servers > 0).length;
  return [
    `Plan   ${plural(plan.servers, nounOf(plan))} × ${plural(keys.length, 'metric')} × ${statistics.join(' ')} × ${plural(dayCount(window), 'day')} (${isoOf(window.from).slice(0, 10)} to ${isoOf(window.to - 1).slice(0, 10)}, UTC)`,
    `       → ${plural(cost.calls, 'call')} for ${formatCount(cost.metrics)} native metrics in ${plural(readable, 'region')} · ${describeCost(plan)} · ${aboutSeconds(plan.seconds)}`,
    ...(plan.servers > 0 && cost.metrics === 0
      ? ['       All of it is stored already: no metric will be asked for.']
      : []),
    ...regions.flatMap(describeTrouble),
  ].join('\n');
}

/** What the run counts: servers, or resources where it reads others too. */
export function nounOf({ types }: RunPlan): string {
  return types.every((type) => type === serverType) ? 'server' : 'resource';
}

function describeCost({ cost }: RunPlan): string {
  if (cost.usdAtMost === 0) return 'free';
  return `about ${formatUsd(cost.usd)}, at most ${formatUsd(cost.usdAtMost)}`;
}

function describeTrouble({ account, region, outcome }: PlannedRegion): string[] {
  if (!('error' in outcome)) return [];
  return [`       ${pc.red('✕')} ${account} ${region === '*' ? '' : region} ${outcome.error.message}`];
}
