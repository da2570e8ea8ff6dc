import type { Job } from '#store/jobs.ts';

/** What a run did to the inventory. */
export function describeCounts({ created, updated, unchanged, failed }: Job['counts']): string {
  return `${created} created, ${updated} updated, ${unchanged} unchanged, ${failed} failed`;
}

/** `success · 160 created, 0 updated, 0 unchanged, 0 failed` */
export function describeOutcome({ state, counts }: Pick<Job, 'state' | 'counts'>): string {
  return `${state.toLowerCase()} · ${describeCounts(counts)}`;
}
