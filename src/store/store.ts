import type { AccountStore } from './accounts.ts';
import type { AuditStore } from './audit.ts';
import type { CallQuarterStore } from './call-quarters.ts';
import type { ChangeStore } from './changes.ts';
import type { ClusterStore } from './cluster.ts';
import type { DataSourceStore } from './data-sources.ts';
import type { ExportStore } from './exports.ts';
import type { HistoryStore } from './history.ts';
import type { IdentityStore } from './identity.ts';
import type { InventoryStore } from './inventory.ts';
import type { JobStore } from './jobs.ts';
import type { LimitStore } from './limits.ts';
import type { PluginStore } from './plugins.ts';
import type { RightsizingStore } from './rightsizing.ts';
import type { ScheduleStore } from './schedules.ts';
import type { SealedStore } from './sealed.ts';
import type { SettingStore } from './settings.ts';
import type { TaskStore } from './tasks.ts';

/**
 * What fleetgauge remembers. Durable when a call's promise resolves; several processes may use one store at once.
 *
 * All times are epoch milliseconds. Every method throws CollectError: `store_failed` where the disk or the file is at
 * fault, `conflict` where something unique is taken, `not_found` where the named thing is gone.
 */
export interface Store {
  readonly inventory: InventoryStore;
  readonly history: HistoryStore;
  readonly jobs: JobStore;
  readonly tasks: TaskStore;
  readonly schedules: ScheduleStore;
  readonly plugins: PluginStore;
  readonly limits: LimitStore;
  readonly settings: SettingStore;
  readonly callQuarters: CallQuarterStore;
  readonly changes: ChangeStore;
  readonly audit: AuditStore;
  readonly accounts: AccountStore;
  readonly identity: IdentityStore;
  readonly rightsizing: RightsizingStore;
  readonly dataSources: DataSourceStore;
  readonly exports: ExportStore;
  readonly sealed: SealedStore;
  /** Absent where one machine alone has it. */
  readonly cluster?: ClusterStore;

  /**
   * All of `work` or nothing of it. Within `work` use `tx` alone: the store itself waits until the transaction is over,
   * and so would never answer. Keep it short and free of network calls, since nobody else can write meanwhile.
   * A transaction within a transaction is part of the outer one.
   */
  transaction<T>(work: (tx: Store) => Promise<T>): Promise<T>;

  /** Asks the database itself. @throws CollectError `store_failed` where it does not answer */
  schema(): Promise<SchemaVersion>;

  /** What the database takes up on disk, or in memory. */
  sizeBytes(): Promise<number>;

  close(): Promise<void>;
}

/** How far the schema has been brought: a newer fleetgauge may have brought it further than this one knows. */
export interface SchemaVersion {
  readonly stored: number;
  readonly known: number;
}
