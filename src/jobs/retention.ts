import { dayAt } from '#model/window.ts';
import { recordAudit } from '#platform/audit/audit.ts';
import type { Store } from '#store/store.ts';

/** How many days of what are kept. */
export interface Kept {
  /** Of what was measured. */
  readonly historyDays: number;
  /** Of what became of records. */
  readonly changeDays: number;
  /** Of who did what: 90 at the least. */
  readonly auditDays: number;
}

/** What was measured stays as long as can be asked for at once, which is longer than any cloud keeps its own. */
export const defaultKept: Kept = { historyDays: 400, changeDays: 400, auditDays: 730 };

/** Of each kind, how many are gone. */
export interface Forgotten {
  readonly resourceDays: number;
  readonly changes: number;
  readonly auditEntries: number;
}

const dayMs = 86_400_000;

/** Drops what is older than is kept; that audit entries went is written down as one. @param now epoch milliseconds */
export async function forgetOld(store: Store, kept: Kept, now: number): Promise<Forgotten> {
  const resourceDays = await store.history.forget(dayAt(now / 1000) - kept.historyDays);
  const changes = await store.changes.forget(now - kept.changeDays * dayMs);
  const auditEntries = await store.audit.forget(now - kept.auditDays * dayMs);
  if (auditEntries > 0) {
    const detail = { entries: auditEntries, kept_days: kept.auditDays };
    await recordAudit(store, { actor: 'retention', action: 'audit.forget', outcome: 'ok', detail }, now);
  }
  return { resourceDays, changes, auditEntries };
}
