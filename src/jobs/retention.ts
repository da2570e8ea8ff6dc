import { lastDays } from '#model/window.ts';
import { recordAudit } from '#platform/audit/audit.ts';
import type { CollectionSettings } from '#platform/collection/settings.ts';
import type { Store } from '#store/store.ts';

/** How many days of what are kept. */
export interface Kept {
  /** Of what was measured: as many as the window of a run has that asks for so many. */
  readonly historyDays: number;
  /** Of what became of records. */
  readonly changeDays: number;
  /** Of runs. */
  readonly jobDays: number;
  /** Of who did what: 90 at the least. */
  readonly auditDays: number;
}

export function keptOf(settings: CollectionSettings): Kept {
  const { keep_days, keep_change_days, keep_job_days, keep_audit_days } = settings;
  return {
    historyDays: keep_days,
    changeDays: keep_change_days,
    jobDays: keep_job_days,
    auditDays: keep_audit_days,
  };
}

/** Of each kind, how many are gone. */
export interface Forgotten {
  readonly resourceDays: number;
  readonly changes: number;
  readonly jobs: number;
  readonly auditEntries: number;
}

const dayMs = 86_400_000;

/** Drops what is older than is kept; that audit entries went is written down as one. @param now epoch milliseconds */
export async function forgetOld(store: Store, kept: Kept, now: number): Promise<Forgotten> {
  const resourceDays = await store.history.forget(lastDays(kept.historyDays, now).from);
  const changes = await store.changes.forget(now - kept.changeDays * dayMs);
  const jobs = await store.jobs.forget(now - kept.jobDays * dayMs);
  const auditEntries = await store.audit.forget(now - kept.auditDays * dayMs);
  if (auditEntries > 0) {
    const detail = { entries: auditEntries, kept_days: kept.auditDays };
    await recordAudit(store, { actor: 'retention', action: 'audit.forget', outcome: 'ok', detail }, now);
  }
  return { resourceDays, changes, jobs, auditEntries };
}
