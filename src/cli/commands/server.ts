import { type Command, InvalidArgumentError } from 'commander';
import { type MetricKey, metricKeys, metrics } from '#model/metric.ts';
import { type MissingReason, missingReasons } from '#model/missing.ts';
import { type InventoryRecord, valuesAt } from '#model/record.ts';
import { metricsOfAny, serverType } from '#model/resource-type.ts';
import { knownTypes } from '#providers/registry.ts';
import { type RecordSort, recordSorts, type StoredRecord } from '#store/inventory.ts';
import { anyType, conditionOfType } from '#store/query/resource-type.ts';
import { conditionOfText } from '#store/query/text.ts';
import { describeLayout } from '../describe-layout.ts';
import { findServer } from '../find-server.ts';
import { formatValue } from '../format.ts';
import { dataPlace, openData } from '../open-data.ts';
import {
  addDocumentOptions,
  addRowOptions,
  addWatchOption,
  type DocumentFlags,
  type RowFlags,
  write,
  writeDocument,
} from '../output.ts';
import { parseLimit } from '../parse-limit.ts';
import { csvColumns, serverColumns, wideColumns } from '../server-columns.ts';
import { repeatedly } from '../watch.ts';
import { addHistoryCommand } from './server-history.ts';

interface ListFlags extends RowFlags {
  readonly watch?: number | true;
  readonly type: string;
  readonly limit: number;
  readonly sort: { by: RecordSort; descending: boolean };
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
    .option('--sort <field>', `one of ${recordSorts.join(', ')}; with a minus in front from high to low`, parseSort, {
      by: 'cpuAvg',
      descending: true,
    })
    .option('--limit <n>', 'at most so many; 0 for all', parseLimit, 50);
  addWatchOption(list).action((flags: ListFlags) => repeatedly(flags.watch, () => listServers(flags, list)));
  const top = addFilters(server.command('top'))
    .description('the busiest servers, anew every 3 seconds on a terminal; -w says how often')
    .option('--sort <field>', `one of ${recordSorts.join(', ')}; with a minus in front from high to low`, parseSort, {
      by: 'cpuMax',
      descending: true,
    })
    .option('--limit <n>', 'at most so many; what the terminal has room for, where absent', parseLimit, topRows());
  addWatchOption(top).action((flags: ListFlags) =>
    repeatedly(flags.watch ?? (process.stdout.isTTY ? true : undefined), () => listServers(flags, top)),
  );
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

const pageSize = 1000;

async function listServers(flags: ListFlags, command: Command): Promise<void> {
  await using data = await openData(dataPlace(command));
  const types = await knownTypes();
  const ofType = conditionOfType(flags.type, types);
  const condition = flags.filter === undefined ? ofType : { all: [ofType, conditionOfText(flags.filter)] };
  const keys = flags.type === anyType ? metricKeys : metricsOfAny(types, [flags.type]);
  const named = Object.fromEntries(
    (['account', 'region', 'state', 'search'] as const).flatMap((name) =>
      flags[name] === undefined ? [] : [[name, flags[name]]],
    ),
  );
  const wanted = flags.limit === 0 ? Number.POSITIVE_INFINITY : flags.limit;
  const rows: InventoryRecord[] = [];
  let after: string | undefined;
  let total = 0;
  do {
    const page = await data.store.inventory.list({
      filter: { ...named, condition },
      sort: flags.sort,
      limit: Math.min(pageSize, wanted - rows.length),
      ...(after === undefined ? {} : { after }),
    });
    rows.push(...page.rows.map(({ record }) => record));
    ({ next: after } = { next: undefined, ...page });
    total = page.total;
  } while (after !== undefined && rows.length < wanted);
  await write({
    flags: { output: flags.output, ...(flags.fields === undefined ? {} : { fields: flags.fields }) },
    rows,
    columns: serverColumns(['avg', 'max'], keys),
    wideColumns: wideColumns(['avg', 'max', 'p95'], keys),
    csvColumns: csvColumns(keys, ['avg', 'max', 'p95']),
    meta: { total },
    store: data.store,
  });
}

interface ShowFlags extends DocumentFlags {
  readonly layout?: boolean;
}

async function showServer(id: string, flags: ShowFlags, command: Command): Promise<void> {
  await using data = await openData(dataPlace(command));
  const only = await findServer(data.store, id, {});
  await writeDocument(flags, {
    data: only.record,
    text: () => (flags.layout ? describeLayout(only.record) : describe(only)),
    store: data.store,
  });
}

function describe({ record, absentSince }: StoredRecord): string {
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

function parseSort(text: string): { by: RecordSort; descending: boolean } {
  const name = text.replace(/^-/, '');
  const by = recordSorts.find((sort) => sort === name);
  if (by === undefined) throw new InvalidArgumentError(`It has to be one of ${recordSorts.join(', ')}.`);
  return { by, descending: text.startsWith('-') };
}
