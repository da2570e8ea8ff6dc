import type { PlannedRegion, RunPlan } from './plan-run.ts';

/** Of the budget: as much of it as of the plan's cost. */
export function shareOf({ outcome }: PlannedRegion, { cost }: RunPlan, regions: number): number {
  if (cost.usdAtMost === 0) return 1 / regions;
  return 'estimate' in outcome ? outcome.estimate.cost.usdAtMost / cost.usdAtMost : 0;
}
