import type { Json } from './query/condition.ts';

/** `refused`: it was not allowed, or not possible as things stood. `failed`: it was begun, and broke off. */
export const auditOutcomes = ['ok', 'refused', 'failed'] as const;
export type AuditOutcome = (typeof auditOutcomes)[number];

/** Who did, or tried to do, what. */
export interface AuditDraft {
  /** A user or service account by name; who sits at the machine, where there are no users. */
  readonly actor: string;
  /** `user.id` */
  readonly actorId?: string;
  /** An address, or the terminal of a host. */
  readonly from?: string;
  readonly action: string;
  /** What it was done to. */
  readonly target?: string;
  readonly outcome: AuditOutcome;
  /** Never a secret. */
  readonly detail: Readonly<Record<string, Json>>;
}

export interface AuditEntry extends AuditDraft {
  readonly id: number;
  readonly at: number;
}

export interface AuditQuery {
  readonly limit: number;
  readonly before?: number;
  readonly actor?: string;
  readonly action?: string;
}

/** Entries are added and never changed, and stay 90 days at the least: the database itself refuses all else. */
export interface AuditStore {
  add(entry: AuditDraft, now: number): Promise<void>;
  /** Newest first. */
  list(query: AuditQuery): Promise<readonly AuditEntry[]>;
  /** Drops those of before a time. @returns how many @throws CollectError `store_failed` for one that has to stay */
  forget(before: number): Promise<number>;
}
