import type { CollectError } from '#model/errors.ts';
import type { AuditDraft, AuditOutcome } from '#store/audit.ts';
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
  'account.rotate',
  'account.remove',
  'schedule.add',
  'schedule.remove',
  'limit.set',
  'limit.remove',
  'budget.set',
  'collection.set',
  'diagnostics.read',
  'job.start',
  'job.cancel',
  'job.retry',
  'secret.rotate',
  'secret.forget',
  'data_source.add',
  'data_source.change',
  'record.write',
  'collector.add',
  'collector.remove',
  'rightsizing.decide',
  'rightsizing.policy',
  'export.make',
  'export.take',
  'export.cancel',
  'export.remove',
  'data.backup',
  'data.restore',
  'data.export',
  'audit.forget',
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

/** What an error made of what somebody tried. Undefined for what was malformed, about nothing, or tried too often: it did nothing. */
export function outcomeOf({ code }: CollectError): AuditOutcome | undefined {
  switch (code) {
    case 'secret_rejected':
    case 'access_denied':
    case 'conflict':
    case 'budget_exceeded':
      return 'refused';
    case 'invalid_input':
    case 'invalid_query':
    case 'not_found':
    case 'rate_limited':
      return undefined;
    default:
      return 'failed';
  }
}
