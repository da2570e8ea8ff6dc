import { z } from 'zod';
import { CollectError } from '#model/errors.ts';
import type { ExportWish } from '#platform/exports/wish.ts';
import type { Account } from '#store/accounts.ts';
import type { AuditEntry, AuditQuery } from '#store/audit.ts';
import { recordSorts } from '#store/inventory.ts';
import type { LedgerLine } from '#store/jobs.ts';
import { AccountRow } from '../../server/account-api.ts';
import {
  AuditRow,
  type InventoryRecord,
  JobDetail,
  JobRow,
  JobSummary,
  ServerChange,
  ServerDetail,
  ServerRow,
  Status,
} from '../../server/api.ts';
import { ErrorSummary } from '../../server/error-api.ts';
import { ExportRow } from '../../server/export-file-api.ts';
import { PolicyReply, RightsizingDetail, RightsizingRow } from '../../server/rightsizing-api.ts';
import { PlanReply, type RunBody, type StartBody } from '../../server/run-api.ts';
import { SourcesReply, SourceTest } from '../../server/source-api.ts';
import { newestOf } from '../newest-rows.ts';
import type { ListFlags } from '../output.ts';
import type { ListedServer } from '../server-columns.ts';
import type { ListedSource } from '../source-text.ts';
import type { Answer, Query, Server } from './client.ts';
import {
  accountOf,
  auditEntryOf,
  changeOf,
  jobOf,
  ledgerLineOf,
  type SeenChange,
  type SeenJob,
  type SeenTask,
  serverOfRow,
  taskOf,
} from './rows.ts';

/** Rows, and what `meta` is to say of them. */
export interface Found<Row> {
  readonly rows: readonly Row[];
  readonly meta: { readonly demo: boolean; readonly total?: number; readonly warnings?: readonly string[] };
}

/** How much of a list that grows for ever is wanted. */
type Wanted = Pick<ListFlags, 'limit'>;

/** One thing, and whether it is made up. */
export interface One<T> {
  readonly data: T;
  readonly demo: boolean;
}

export interface SeenRun {
  readonly job: SeenJob;
  readonly tasks: readonly SeenTask[];
  readonly ledger: readonly LedgerLine[];
}

/** What commands ask of a server elsewhere, in the words of the store. */
export type RemoteFleet = ReturnType<typeof remoteFleet>;

/** Most rows that one request may want. */
const mostServers = 1_000;
const mostOthers = 200;

const AccountRows = z.array(AccountRow).readonly();
const JobRows = z.array(JobRow).readonly();
const AuditRows = z.array(AuditRow).readonly();
const ServerRows = z.array(ServerRow).readonly();
const ChangeRows = z.array(ServerChange).readonly();
const ReviewRows = z.array(RightsizingRow).readonly();

export function remoteFleet(server: Server) {
  const { url, get, post } = server;

  /** Of a list that grows for ever, what is looked at beside the store, too. */
  async function newest<Reply, Row>(
    path: string,
    schema: z.ZodType<readonly Reply[]>,
    rowOf: (row: Reply) => Row,
    wanted: Wanted,
    query: Query = {},
  ): Promise<Found<Row>> {
    let isDemo = false;
    async function* pages(): AsyncGenerator<readonly Row[]> {
      for await (const { data, meta } of server.pages(path, schema, { ...query, limit: mostOthers })) {
        isDemo = meta.demo;
        yield data.map(rowOf);
      }
    }
    const { rows, warnings } = await newestOf(wanted, pages());
    return { rows, meta: { demo: isDemo, warnings } };
  }

  /** In an order by what was measured there are no cursors, but rows from one on. */
  async function* windows(query: Query): AsyncGenerator<Answer<readonly ServerRow[]>> {
    for (let from = 0; ; ) {
      const { data, meta } = await get('servers', ServerRows, { ...query, from });
      from += data.length;
      const isLast = data.length === 0 || from >= (meta.total ?? 0);
      yield { data, meta: isLast ? meta : { ...meta, next: String(from) } };
      if (isLast) return;
    }
  }

  async function idOf(name: string): Promise<number> {
    const { data: rows } = await get('servers', ServerRows, { search: name, type: 'all', limit: 20 });
    const exact = rows.filter((row) => row.name === name || row.resource_id === name);
    const found = exact.length > 0 ? exact : rows;
    const [only] = found;
    if (only === undefined) {
      throw new CollectError('not_found', `no server is called ${name}`, {
        fix: 'fleetgauge server list --search <part of its name>',
      });
    }
    if (found.length === 1) return only.id;
    throw new CollectError('invalid_input', `${name} is not one server`, {
      fix: `say which: ${found.map(({ resource_id }) => resource_id).join(', ')}`,
    });
  }

  async function job(id: number, signal?: AbortSignal): Promise<One<SeenRun>> {
    const { data, meta } = await get(`jobs/${id}`, JobDetail, {}, signal);
    const run = { job: jobOf(data.job), tasks: data.tasks.map(taskOf), ledger: data.ledger.map(ledgerLineOf) };
    return { data: run, demo: meta.demo };
  }

  return {
    url,
    job,

    async status() {
      return (await get('status', Status)).data;
    },

    async accounts(): Promise<Found<Account>> {
      const { data, meta } = await get('accounts', AccountRows);
      return { rows: data.map(accountOf), meta: { demo: meta.demo } };
    },

    async audit(wanted: Wanted, query: Pick<AuditQuery, 'actor' | 'action'>): Promise<Found<AuditEntry>> {
      return newest('audit', AuditRows, auditEntryOf, wanted, { ...query });
    },

    async jobs(wanted: Wanted): Promise<Found<SeenJob>> {
      return newest('jobs', JobRows, jobOf, wanted);
    },

    /** Undefined where there is no run yet. */
    async newestJob(): Promise<number | undefined> {
      return (await get('jobs', JobRows, { limit: 1 })).data[0]?.id;
    },

    async start(body: StartBody): Promise<SeenJob> {
      return jobOf((await post('jobs', JobSummary, body)).data);
    },

    async cancel(id: number): Promise<SeenJob> {
      return jobOf((await post(`jobs/${id}/cancel`, JobSummary)).data);
    },

    async retry(id: number, body: { readonly max_cost?: number; readonly over_budget?: boolean }): Promise<SeenJob> {
      return jobOf((await post(`jobs/${id}/retry`, JobSummary, body)).data);
    },

    async plan(body: RunBody): Promise<One<PlanReply>> {
      const { data, meta } = await post('plan', PlanReply, body);
      return { data, demo: meta.demo };
    },

    async errors(query: Query): Promise<One<ErrorSummary>> {
      const { data, meta } = await get('errors/summary', ErrorSummary, query);
      return { data, demo: meta.demo };
    },

    async sources(): Promise<Found<ListedSource>> {
      const { data, meta } = await get('sources', SourcesReply);
      return { rows: [...data.sources, ...data.outside], meta: { demo: meta.demo } };
    },

    async testSource(id: string): Promise<SourceTest> {
      return (await post(`sources/${encodeURIComponent(id)}/test`, SourceTest)).data;
    },

    /** @param limit 0 for all */
    async servers(query: Query, limit: number): Promise<Found<ListedServer>> {
      // What moves in the order while it is read may come twice, or not at all.
      const found = new Map<number, ListedServer>();
      const wanted = limit === 0 ? Number.POSITIVE_INFINITY : limit;
      const asked = { ...query, limit: Math.min(wanted, mostServers) };
      const isByColumn = recordSorts.some((sort) => sort === String(query.sort ?? 'id').replace(/^-/, ''));
      for await (const { data, meta } of isByColumn ? server.pages('servers', ServerRows, asked) : windows(asked)) {
        for (const row of data) if (!found.has(row.id)) found.set(row.id, serverOfRow(row));
        const { demo, total = found.size } = meta;
        if (found.size < wanted && meta.next !== undefined) continue;
        const warnings = found.size < wanted ? warningsOf(found.size, total) : [];
        return { rows: [...found.values()].slice(0, wanted), meta: { demo, total, warnings } };
      }
      throw new CollectError('malformed_reply', 'the server ends a list before its first page', { where: url });
    },

    /** @param name its name or resource id, or a part of one that no other has */
    async server(name: string): Promise<One<{ readonly record: InventoryRecord; readonly absentSince?: number }>> {
      const { data, meta } = await get(`servers/${await idOf(name)}`, ServerDetail);
      const absent = data.absent_since === null ? {} : { absentSince: Date.parse(data.absent_since) };
      return { data: { record: data.record, ...absent }, demo: meta.demo };
    },

    async changes(name: string, wanted: Wanted): Promise<Found<SeenChange>> {
      return newest(`servers/${await idOf(name)}/changes`, ChangeRows, changeOf, wanted);
    },

    /** All verdicts on servers that a query finds, page by page. */
    reviews: (query: Query) => server.pages('rightsizing', ReviewRows, { ...query, limit: mostServers }),

    async policy() {
      return (await get('rightsizing/policy', PolicyReply)).data;
    },

    async review(name: string): Promise<One<RightsizingDetail>> {
      const { data, meta } = await get(`servers/${await idOf(name)}/rightsizing`, RightsizingDetail);
      return { data, demo: meta.demo };
    },

    /** A file of servers, as it is read. */
    exported: (query: Query) => server.bytes('servers/export', query),

    /** Asks for a file that is made in the background. */
    async makeExport(wish: ExportWish): Promise<ExportRow> {
      return (await post('exports', ExportRow, wish)).data;
    },

    async export(id: number): Promise<ExportRow> {
      return (await get(`exports/${id}`, ExportRow)).data;
    },

    exportBytes: (id: number) => server.bytes(`exports/${id}/file`),

    removeExport: (id: number) => server.remove(`exports/${id}`),
  };
}

/** Of a list that was read to its end. */
function warningsOf(found: number, total: number): string[] {
  if (found >= total) return [];
  const why = 'the order changed while it was read';
  return [`${total - found} of ${total} are missing: ${why}; try again, or --sort id, which does not change`];
}
