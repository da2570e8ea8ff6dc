import type { AuditDraft } from '#store/audit.ts';
import type { Store } from '#store/store.ts';

/** What is worth knowing afterwards: who got in, and who changed what others rely on. */
export const auditActions = [
  'sign_in',
  'sign_out',
  'password.change',
  'user.add',
  'user.change',
  'user.password',
  'api_key.add',
  'api_key.remove',
  'token.issue',
  'account.add',
  'account.remove',
  'schedule.add',
  'schedule.remove',
  'limit.set',
  'limit.remove',
  'job.start',
  'job.cancel',
  'job.retry',
  'secret.rotate',
  'secret.forget',
] as const;
export type AuditAction = (typeof auditActions)[number];

interface AuditEvent extends Omit<AuditDraft, 'detail' | 'action'> {
  readonly action: AuditAction;
  readonly detail?: AuditDraft['detail'];
}

/** A text of an entry is as long as this at most, however much somebody sends. */
const longestText = 300;

/** Adds to the log of who did what; there is no way to take anything out of it. */
export async function recordAudit(
  store: Store,
  { detail = {}, target, ...event }: AuditEvent,
  now: number,
): Promise<void> {
  const named = target === undefined ? {} : { target: target.slice(0, longestText) };
  await store.audit.add({ ...event, ...named, actor: event.actor.slice(0, longestText), detail }, now);
}
