import { type Command, InvalidArgumentError } from 'commander';
import { CollectError } from '#model/errors.ts';
import { allMetricKeys, type MetricKey, metricKeys, metrics } from '#model/metric.ts';
import { type MissingReason, missingReasons } from '#model/missing.ts';
import { type InventoryRecord, valuesAt } from '#model/record.ts';
import { type RecordSort, recordSorts } from '#store/inventory.ts';
import { conditionOfText } from '#store/query/text.ts';
import { formatValue } from '../format.ts';
import { dataPlace, openData } from '../open-data.ts';
import { type OutputForm, outputOption, write } from '../output.ts';
import { csvColumns, serverColumns } from '../server-columns.ts';

interface ListFlags {
  readonly output: OutputForm;
  readonly limit: number;
  readonly sort: { by: RecordSort; descending: boolean };
  readonly account?: string;
  readonly region?: string;
  readonly state?: string;
  readonly search?: string;
  readonly filter?: string;
}

export function addServerCommand(program: Command): void {
  const server = program.command('server').description('the inventory');
  const list = server
    .command('list')
    .description('servers and how used they are')
    .option('--filter <query>', "such as 'provider:aws cpu.p95:<5 mem:none tag.env:prod name:~web -account:sandbox'")
    .option('--account <id>')
    .option('--region <code>')
    .option('--state <state>', 'RUNNING, STOPPED, TERMINATED, PENDING')
    .option('--search <text>', 'part of the name or id')
    .option('--sort <field>', `one of ${recordSorts.join(', ')}; with a minus in front from high to low`, parseSort, {
      by: 'cpuAvg',
      descending: true,
    })
    .option('--limit <n>', 'at most so many; 0 for all', parseLimit, 50)
    .addOption(outputOption());
  list.action((flags: ListFlags) => listServers(flags, list));
  const show = server
    .command('show')
    .description('one server: values, where they come from, and why some are missing')
    .argument('<id>', 'its name or resource id');
  show
    .option('--json', 'the whole record')
    .action((id: string, flags: { json?: boolean }) => showServer(id, flags, show));
}

const pageSize = 1000;

async function listServers(flags: ListFlags, command: Command): Promise<void> {
  await using data = await openData(dataPlace(command));
  const condition = flags.filter === undefined ? {} : { condition: conditionOfText(flags.filter) };
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
      filter: { ...named, ...condition },
      sort: flags.sort,
      limit: Math.min(pageSize, wanted - rows.length),
      ...(after === undefined ? {} : { after }),
    });
    rows.push(...page.rows.map(({ record }) => record));
    ({ next: after } = { next: undefined, ...page });
    total = page.total;
  } while (after !== undefined && rows.length < wanted);
  await write({
    form: flags.output,
    rows,
    columns: serverColumns(['avg', 'max'], metricKeys),
    csvColumns: csvColumns(metricKeys, ['avg', 'max', 'p95']),
    meta: { total },
  });
  if (rows.length < total) process.stderr.write(`${rows.length} of ${total}; --limit 0 shows all\n`);
}

async function showServer(id: string, { json }: { json?: boolean }, command: Command): Promise<void> {
  await using data = await openData(dataPlace(command));
  const { rows } = await data.store.inventory.list({ filter: { search: id }, limit: 20 });
  const exact = rows.filter(({ record }) => record.name === id || record.reference.resource_id === id);
  const found = exact.length > 0 ? exact : rows;
  const [only] = found;
  if (only === undefined)
    throw new CollectError('not_found', `no server is called ${id}`, {
      fix: 'fleetgauge server list --search <part of its name>',
    });
  if (found.length > 1) {
    throw new CollectError('invalid_input', `${id} is not one server`, {
      fix: `say which: ${found.map(({ record }) => record.reference.resource_id).join(', ')}`,
    });
  }
  process.stdout.write(json ? `${JSON.stringify(only.record, null, 2)}\n` : `${describe(only.record)}\n`);
}

function describe(record: InventoryRecord): string {
  const { data, reference } = record;
  const info = data.monitoring_info;
  return [
    `${record.name}  ${reference.resource_id}  ${record.provider} · ${record.account} · ${record.region_code} · ${record.instance_type} · ${data.compute?.instance_state ?? ''}`,
    info === undefined
      ? 'Not measured yet: fleetgauge collect'
      : `Window ${info.window.start} to ${info.window.end}, collected ${info.collected_at}`,
    ...allMetricKeys.flatMap((key) => describeMetric(record, key)),
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

function parseLimit(text: string): number {
  const limit = Number(text);
  if (!Number.isInteger(limit) || limit < 0) throw new InvalidArgumentError('It has to be a whole number.');
  return limit;
}
