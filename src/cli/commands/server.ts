import { type Command, InvalidArgumentError } from 'commander';
import { type MetricKey, metricKeys, metrics } from '#model/metric.ts';
import { type MissingReason, missingReasons } from '#model/missing.ts';
import { type InventoryRecord, valuesAt } from '#model/record.ts';
import { metricsOfAny, serverType } from '#model/resource-type.ts';
import { knownTypes } from '#providers/registry.ts';
import { recordSorts, type StoredRecord } from '#store/inventory.ts';
import { anyType, conditionOfType } from '#store/query/resource-type.ts';
import { conditionOfText } from '#store/query/text.ts';
import { describeLayout } from '../describe-layout.ts';
import { findServer } from '../find-server.ts';
import { formatValue } from '../format.ts';
import { dataPlace, openData } from '../open-data.ts';
import {
  addDocumentOptions,
  addRowOptions,
  type DocumentFlags,
  type RowFlags,
  showsAgain,
  type WatchFlags,
  write,
  writeDocument,
} from '../output.ts';
import { parseLimit } from '../parse-limit.ts';
import { askedFleet } from '../remote/asked-fleet.ts';
import { csvColumns, serverColumns, wideColumns } from '../server-columns.ts';
import { readServers, type ServerSort, serverSort, sortText } from '../server-rows.ts';
import { addHistoryCommand } from './server-history.ts';

const sortNames = `a metric such as cpu.p95, or one of ${recordSorts.join(', ')}`;

interface ListFlags extends RowFlags, WatchFlags {
  readonly type: string;
  readonly limit: number;
  readonly sort: ServerSort;
  readonly account?: string;
  readonly region?: string;
  readonly state?: string;
  readonly search?: string;
  readonly filter?: string;
}

export function addServerCommand(program: Command): void {
  const server = program.command('server');
  const list = addFilters(server.command('list'))
    .description('servers, or resources of another type, and how used they are')
    .option('--sort <field>', `${sortNames}; with a minus in front from high to low`, parseSort, {
      by: 'cpuAvg',
      descending: true,
    })
    .option('--limit <n>', 'at most so many; 0 for all', parseLimit, 50);
  showsAgain(list, listServers);
  const top = addFilters(server.command('top'))
    .description('the busiest servers, anew every 3 seconds on a terminal; -w says how often')
    .option('--sort <field>', `${sortNames}; with a minus in front from high to low`, parseSort, {
      by: 'cpuMax',
      descending: true,
    })
    .option('--limit <n>', 'at most so many; what the terminal has room for, where absent', parseLimit, topRows());
  showsAgain(top, listServers, () => (process.stdout.isTTY ? true : undefined));
  const show = server
    .command('show')
    .description('one server: values, where they come from, and why some are missing')
    .argument('<id>', 'its name or resource id')
    .option('--layout', "as Cloudforet's Performance tab has it, a statistic a column");
  addDocumentOptions(show, 'the whole record').action((id: string, flags: ShowFlags) => showServer(id, flags, show));
  addHistoryCommand(server);
}

/** Lines that are left for servers, below a header and above a prompt. */
function topRows(): number {
  return Math.max(5, (process.stdout.rows ?? 24) - 3);
}

function addFilters(command: Command): Command {
  return addRowOptions(command)
    .option('--type <type>', `of resource, such as rds_instance; ${anyType} for every one`, serverType)
    .option('--filter <query>', "such as 'provider:aws cpu.p95:<5 mem:none tag.env:prod name:~web -account:sandbox'")
    .option('--account <id>')
    .option('--region <code>')
    .option('--state <state>', 'RUNNING, STOPPED, TERMINATED, PENDING')
    .option('--search <text>', 'part of the name or id');
}

async function listServers(flags: ListFlags, command: Command): Promise<void> {
  const types = await knownTypes();
  const keys = flags.type === anyType ? metricKeys : metricsOfAny(types, [flags.type]);
  const form = {
    flags: {
      output: flags.output,
      limit: flags.limit,
      ...(flags.fields === undefined ? {} : { fields: flags.fields }),
    },
    columns: serverColumns(['avg', 'max'], keys),
    wideColumns: wideColumns(['avg', 'max', 'p95'], keys),
    csvColumns: csvColumns(keys, ['avg', 'max', 'p95']),
  };
  const remote = await askedFleet(command);
  if (remote !== undefined) {
    const { type, filter: q, account, region, state, search, limit } = flags;
    const sort = sortText(flags.sort);
    return write({ ...form, ...(await remote.servers({ type, q, account, region, state, search, sort }, limit)) });
  }
  await using data = await openData(dataPlace(command));
  const ofType = conditionOfType(flags.type, types);
  const condition = flags.filter === undefined ? ofType : { all: [ofType, conditionOfText(flags.filter)] };
  const named = Object.fromEntries(
    (['account', 'region', 'state', 'search'] as const).flatMap((name) =>
      flags[name] === undefined ? [] : [[name, flags[name]]],
    ),
  );
  const wanted = flags.limit === 0 ? Number.POSITIVE_INFINITY : flags.limit;
  const { rows, total } = await readServers(data.store.inventory, { ...named, condition }, flags.sort, wanted);
  await write({ ...form, rows, meta: { total }, store: data.store });
}

interface ShowFlags extends DocumentFlags {
  readonly layout?: boolean;
}

async function showServer(id: string, flags: ShowFlags, command: Command): Promise<void> {
  const textOf = (found: FoundServer) => (flags.layout ? describeLayout(found.record) : describe(found));
  const remote = await askedFleet(command);
  if (remote !== undefined) {
    const { data: found, demo } = await remote.server(id);
    return writeDocument(flags, { data: found.record, text: () => textOf(found), demo });
  }
  await using data = await openData(dataPlace(command));
  const only = await findServer(data.store, id, {});
  await writeDocument(flags, { data: only.record, text: () => textOf(only), store: data.store });
}

type FoundServer = Pick<StoredRecord, 'record' | 'absentSince'>;

function describe({ record, absentSince }: FoundServer): string {
  const { data, reference } = record;
  const info = data.monitoring_info;
  return [
    `${record.name}  ${reference.resource_id}  ${record.provider} · ${record.account} · ${record.region_code} · ${record.instance_type} · ${data.compute?.instance_state ?? ''}`,
    ...(absentSince === undefined
      ? []
      : [`Absent since ${new Date(absentSince).toISOString()}: complete runs do not find it any more`]),
    info === undefined
      ? 'Not measured yet: fleetgauge collect'
      : `Window ${info.window.start} to ${info.window.end}, collected ${info.collected_at}`,
    ...metricKeys.flatMap((key) => describeMetric(record, key)),
  ].join('\n');
}

function describeMetric({ data }: InventoryRecord, key: MetricKey): string[] {
  const info = data.monitoring_info?.metrics[key];
  if (info === undefined) return [];
  const label = metrics[key].label.padEnd(28);
  if ('missing' in info) return [`  ${label} –  ${explain(info.missing)}`];
  const values = Object.entries(valuesAt(data.monitoring ?? {}, key) ?? {}).map(
    ([statistic, value]) => `${statistic} ${formatValue(key, value)}`,
  );
  return [`  ${label} ${values.join('  ').padEnd(36)}  ${info.source}, coverage ${Math.round(info.coverage * 100)} %`];
}

function explain(reason: MissingReason): string {
  return `${reason}: ${missingReasons[reason]}`;
}

function parseSort(text: string): ServerSort {
  const sort = serverSort(text);
  if (sort === undefined) throw new InvalidArgumentError(`It has to be ${sortNames}.`);
  return sort;
}
