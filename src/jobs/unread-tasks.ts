import { CollectError, reportOf } from '#model/errors.ts';
import { anyRegion } from '#model/region.ts';
import type { TaskDraft } from '#store/jobs.ts';
import type { RegionResult } from './run-regions.ts';
import type { SelectedPlace } from './selection.ts';

/** Tasks that have failed before they begin, so that a run does not pass for complete where it reads a part of what was selected. */
export function unreadTasks(unopened: readonly SelectedPlace[]): TaskDraft[] {
  return unopened.map((place) => {
    const { provider, account, region } = place;
    return { provider, account, region, plannedServers: 0, error: reportOf(unreadError(place)) };
  });
}

/** How they ended. */
export function unreadResults(unopened: readonly SelectedPlace[]): RegionResult[] {
  return unopened.map((place) => ({
    state: 'FAILURE',
    servers: 0,
    failed: 0,
    failures: [],
    error: unreadError(place),
  }));
}

/** @param place in `anyRegion` where none opens the account */
export function unreadError({ account, region, servers }: SelectedPlace): CollectError {
  const selected = servers === 1 ? '1 selected server' : `${servers} selected servers`;
  return region === anyRegion
    ? new CollectError('not_found', `${selected}: no account of this run opens theirs`, {
        where: account,
        fix: 'save an account that does, and do it again: fleetgauge account add, fleetgauge job retry',
      })
    : new CollectError('not_found', `${selected}: this run does not read that region`, {
        where: `${account}/${region}`,
        fix: 'start a run that reads that region too',
      });
}
