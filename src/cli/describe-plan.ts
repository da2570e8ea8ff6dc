import pc from 'picocolors';
import type { QuotaShare } from '#collect/tightest-quota.ts';
import type { PlannedRegion, RunPlan } from '#jobs/plan-run.ts';
import type { SelectedPlace } from '#jobs/selection.ts';
import { unreadError } from '#jobs/unread-tasks.ts';
import type { Cost } from '#model/fleet.ts';
import { serverType } from '#model/resource-type.ts';
import { type DayRange, dayCount, isoOf } from '#model/window.ts';
import { aboutSeconds, formatCount, formatUsd, plural } from './format.ts';

/** The plan of a run, for people: what will be asked, what it costs, how long it takes, and what is out of reach already. */
export function describePlan(plan: RunPlan): string {
  const { wanted, cost, regions, selection } = plan;
  const { window, keys, statistics } = wanted;
  const readable = regions.filter(({ outcome }) => 'estimate' in outcome && outcome.estimate.servers > 0).length;
  return [
    ...describeFigures({ ...plan, noun: nounOf(plan), metrics: keys.length, statistics, window, regions: readable }),
    ...describeSelection(selection && { servers: selection.ids.length, unopened: plan.unopened }, plan.servers),
    ...(plan.servers > 0 && cost.metrics === 0
      ? ['       All of it is stored already: no metric will be asked for.']
      : []),
    ...regions.flatMap(describeTrouble),
  ].join('\n');
}

interface PlanFigures extends Pick<RunPlan, 'servers' | 'cost' | 'seconds'> {
  readonly noun: string;
  /** Asked of each of them. */
  readonly metrics: number;
  readonly statistics: readonly string[];
  readonly window: DayRange;
  /** That have some. */
  readonly regions: number;
  readonly quota?: QuotaShare | undefined;
}

/** What will be asked, what it costs, how long it takes. */
export function describeFigures({ window, cost, ...plan }: PlanFigures): string[] {
  return [
    `Plan   ${plural(plan.servers, plan.noun)} × ${plural(plan.metrics, 'metric')} × ${plan.statistics.join(' ')} × ${plural(dayCount(window), 'day')} (${isoOf(window.from).slice(0, 10)} to ${isoOf(window.to - 1).slice(0, 10)}, UTC)`,
    `       → ${plural(cost.calls, 'call')} for ${formatCount(cost.metrics)} native metrics in ${plural(plan.regions, 'region')} · ${describeCost(cost)} · ${aboutSeconds(plan.seconds)}${describeQuota(plan.quota)}`,
  ];
}

/** The API without the service that it is of. */
function describeQuota(quota: QuotaShare | undefined): string {
  if (quota === undefined) return '';
  const { share, place, api } = quota;
  const percent = share < 0.01 ? 'under 1' : Math.round(share * 100);
  return ` · quota ${percent} % of ${api.slice(api.indexOf(':') + 1)} in ${place}`;
}

/** What the run counts: servers, or resources where it reads others too. */
export function nounOf({ types }: RunPlan): string {
  return types.every((type) => type === serverType) ? 'server' : 'resource';
}

interface SelectionFigures {
  readonly servers: number;
  readonly unopened: readonly SelectedPlace[];
}

/** What was selected, and what of it is out of reach. */
export function describeSelection(selection: SelectionFigures | undefined, servers: number): string[] {
  if (selection === undefined) return [];
  const { servers: selected, unopened } = selection;
  const found = selected === servers ? '' : `, ${formatCount(servers)} of them found`;
  return [
    `       Only what is selected: ${plural(selected, 'server')}${found}`,
    ...unopened.map((place) => describeRefusal({ ...place, error: unreadError(place) })),
  ];
}

function describeCost({ usd, usdAtMost }: Cost): string {
  if (usdAtMost === 0) return 'free';
  return `about ${formatUsd(usd)}, at most ${formatUsd(usdAtMost)}`;
}

function describeTrouble({ account, region, outcome }: PlannedRegion): string[] {
  return 'error' in outcome ? [describeRefusal({ account, region, error: outcome.error })] : [];
}

interface Refusal {
  readonly account: string;
  readonly region: string;
  readonly error: { readonly message: string };
}

/** A place that cannot be read. */
export function describeRefusal({ account, region, error }: Refusal): string {
  return `       ${pc.red('✕')} ${account} ${region === '*' ? '' : region} ${error.message}`;
}
