import { z } from 'zod';
import { CollectError } from '#model/errors.ts';
import { statistics } from '#model/statistic.ts';
import type { SettingStore } from '#store/settings.ts';
import { parseStored } from '#store/sql/stored-json.ts';

const setting = 'collection';

/** Whole UTC days that a run can ask for at once. */
export const mostDays = 455;

/** The audit log is kept as long by the database itself. */
const fewestDaysKept = 90;
const kept = z.int().min(fewestDaysKept).max(3650);

/** What runs read where they do not say it themselves, and for how many days what they leave behind is kept. */
export const CollectionSettings = z
  .strictObject({
    days: z.int().min(1).max(mostDays).describe('Whole UTC days of the window.'),
    statistics: z.array(z.enum(statistics)).readonly().describe('Average and maximum are always there.'),
    concurrency: z.int().min(1).max(64).describe('Calls in flight per account and region.'),
    keep_days: kept.describe('Of what was measured; a server that was started with --keep-days keeps to that.'),
    keep_change_days: kept.describe('Of what became of servers.'),
    keep_job_days: kept.describe('Of runs: their tasks, calls and costs.'),
    keep_audit_days: kept.describe('Of who did what.'),
  })
  .readonly();
export type CollectionSettings = z.infer<typeof CollectionSettings>;

/** Until somebody sets them. Measurements stay as long as can be asked for at once, which is longer than any cloud keeps its own. */
export const firstCollection: CollectionSettings = {
  days: 14,
  statistics: ['avg', 'max'],
  concurrency: 12,
  keep_days: mostDays,
  keep_change_days: 400,
  keep_job_days: 400,
  keep_audit_days: 730,
};

/** Of all who share the store. */
export async function readCollection(settings: SettingStore): Promise<CollectionSettings> {
  const stored = await settings.get(setting);
  return stored === undefined
    ? firstCollection
    : parseStored(CollectionSettings, stored, 'the settings of the collection');
}

/**
 * Holds for runs that begin from now on.
 *
 * @returns with the statistics that are always there
 * @throws CollectError as `refuseForgotten`
 */
export async function writeCollection(
  settings: SettingStore,
  { statistics: asked, ...others }: CollectionSettings,
): Promise<CollectionSettings> {
  refuseForgotten(others.days, others.keep_days);
  const wanted = statistics.filter((each) => firstCollection.statistics.includes(each) || asked.includes(each));
  await settings.set(setting, JSON.stringify({ statistics: wanted, ...others }));
  return { statistics: wanted, ...others };
}

/**
 * @param days of the window of a run
 * @param keptDays of what was measured
 * @throws CollectError `invalid_input` where the window is the longer: what is dropped of it, each run would read and pay for again
 */
export function refuseForgotten(days: number, keptDays: number): void {
  if (days <= keptDays) return;
  throw new CollectError(
    'invalid_input',
    `${days} days are asked for and ${keptDays} are kept: each run would be billed for the others again`,
    {
      where: 'days',
      fix: `ask for ${keptDays} days at most, or keep more: settings of the collection, or serve --keep-days where that was given`,
    },
  );
}

/** What of them a run reads by. */
export type UsualRun = Pick<CollectionSettings, 'days' | 'statistics' | 'concurrency'>;

export async function usualRun(settings: SettingStore): Promise<UsualRun> {
  const { days, statistics: usual, concurrency } = await readCollection(settings);
  return { days, statistics: usual, concurrency };
}
