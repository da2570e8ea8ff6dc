import type { Account } from '#store/accounts.ts';
import type { AuditEntry, AuditStore } from '#store/audit.ts';
import type { AuditAction } from '../audit/audit.ts';

/** Who gave an account its secret, as far as the audit log tells, and keeps. */
export interface AccountOrigin {
  readonly addedBy?: string;
  readonly rotatedAt?: number;
  readonly rotatedBy?: string;
}

/** So many entries are looked through, from the newest on. */
const mostEntries = 1000;

/** Of several accounts by two reads. */
export async function accountOrigins(
  audit: AuditStore,
  accounts: readonly Account[],
): Promise<ReadonlyMap<Account['id'], AccountOrigin>> {
  const [added, rotated] = await Promise.all([entriesOf(audit, 'account.add'), entriesOf(audit, 'account.rotate')]);
  return new Map(
    accounts.map((account) => {
      const isOf = ({ target, at }: AuditEntry) => target === account.name && at >= account.createdAt;
      // To add it once more leaves it as it is.
      const first = added.findLast(isOf);
      const last = rotated.find(isOf);
      return [
        account.id,
        {
          ...(first === undefined ? {} : { addedBy: first.actor }),
          ...(last === undefined ? {} : { rotatedAt: last.at, rotatedBy: last.actor }),
        },
      ];
    }),
  );
}

async function entriesOf(audit: AuditStore, action: AuditAction): Promise<readonly AuditEntry[]> {
  const entries = await audit.list({ action, limit: mostEntries });
  return entries.filter(({ outcome }) => outcome === 'ok');
}
