import { z } from 'zod';
import { CollectError } from '#model/errors.ts';
import type { ExportWish } from '#platform/exports/wish.ts';
import type { Account } from '#store/accounts.ts';
import type { AuditEntry, AuditQuery } from '#store/audit.ts';
import type { LedgerLine } from '#store/jobs.ts';
import { AccountRow } from '../../server/account-api.ts';
import {
  AuditRow,
  type InventoryRecord,
  JobDetail,
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
import type { ListFlags } from '../output.ts';
import type { ListedServer } from '../server-columns.ts';
import type { ListedSource } from '../source-text.ts';
import type { Query, Server } from './client.ts';
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

/** What of a list that grows for ever is looked at. */
type Wanted = Pick<ListFlags, 'limit' | 'filter' | 'sort'>;

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
/** So many of a list that grows for ever are looked at where some are to be chosen, as `newestRows` does beside the store. */
const usuallyRead = 10_000;

const AccountRows = z.array(AccountRow).readonly();
const JobRows = z.array(JobSummary).readonly();
const AuditRows = z.array(AuditRow).readonly();
const ServerRows = z.array(ServerRow).readonly();
const ChangeRows = z.array(ServerChange).readonly();
const ReviewRows = z.array(RightsizingRow).readonly();

export function remoteFleet(server: Server) {
  const { url, get, post } = server;

  /** @param limit 0 for all */
  async function listed<Reply, Row>(
    path: string,
    schema: z.ZodType<readonly Reply[]>,
    rowOf: (row: Reply) => Row,
    { limit, most, query = {} }: { readonly limit: number; readonly most: number; readonly query?: Query },
  ): Promise<Found<Row>> {
    const rows: Row[] = [];
    const size = limit === 0 ? most : Math.min(limit, most);
    for await (const { data, meta } of server.pages(path, schema, { ...query, limit: size })) {
      rows.push(...data.map(rowOf));
      const isEnough = limit > 0 && rows.length >= limit;
      if (isEnough || meta.next === undefined) {
        const { demo, total } = meta;
        const isCut = meta.next !== undefined || (limit > 0 && rows.length > limit);
        const kept = isEnough ? rows.slice(0, limit) : rows;
        if (total !== undefined) return { rows: kept, meta: { demo, total } };
        return { rows: kept, meta: { demo, warnings: isCut ? [older(limit)] : [] } };
      }
    }
    throw new CollectError('malformed_reply', 'the server ends a list before its first page', { where: url });
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

  async function job(id: number): Promise<One<SeenRun>> {
    const { data, meta } = await get(`jobs/${id}`, JobDetail);
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

    async audit(
      wanted: Wanted,
      query: Pick<AuditQuery, 'actor' | 'action'>,
      usual: number,
    ): Promise<Found<AuditEntry>> {
      return listed('audit', AuditRows, auditEntryOf, {
        limit: read(wanted, usual),
        most: mostOthers,
        query: { ...query },
      });
    },

    async jobs(wanted: Wanted, usual: number): Promise<Found<SeenJob>> {
      return listed('jobs', JobRows, jobOf, { limit: read(wanted, usual), most: mostOthers });
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
      return listed('servers', ServerRows, serverOfRow, { limit, most: mostServers, query });
    },

    /** @param name its name or resource id, or a part of one that no other has */
    async server(name: string): Promise<One<{ readonly record: InventoryRecord; readonly absentSince?: number }>> {
      const { data, meta } = await get(`servers/${await idOf(name)}`, ServerDetail);
      const absent = data.absent_since === null ? {} : { absentSince: Date.parse(data.absent_since) };
      return { data: { record: data.record, ...absent }, demo: meta.demo };
    },

    async changes(name: string, wanted: Wanted, usual: number): Promise<Found<SeenChange>> {
      const path = `servers/${await idOf(name)}/changes`;
      return listed(path, ChangeRows, changeOf, { limit: read(wanted, usual), most: mostOthers });
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
    exported: (query: Query, signal: AbortSignal) => server.bytes('servers/export', query, signal),

    /** Asks for a file that is made in the background. */
    async makeExport(wish: ExportWish): Promise<ExportRow> {
      return (await post('exports', ExportRow, wish)).data;
    },

    async export(id: number): Promise<ExportRow> {
      return (await get(`exports/${id}`, ExportRow)).data;
    },

    exportBytes: (id: number, signal: AbortSignal) => server.bytes(`exports/${id}/file`, {}, signal),

    removeExport: (id: number) => server.remove(`exports/${id}`),
  };
}

/** How many rows there are to choose from; 0 for all. */
function read({ limit, filter, sort }: Wanted, usual: number): number {
  if (limit === 0) return 0;
  const shown = limit ?? usual;
  return filter === undefined && sort === undefined ? shown : Math.max(usuallyRead, shown);
}

function older(limit: number): string {
  return `the newest ${limit} were looked at, and there are older ones; --limit 0 looks at all`;
}
