import { setImmediate as nextTurn } from 'node:timers/promises';
import type { InventoryStore, RecordFilter, RecordLine, RecordUsage } from '#store/inventory.ts';

/** One gauge: what it is called, and what it says of a row; null where the row has no value, which is not zero. */
interface Family<Row> {
  readonly name: string;
  readonly help: string;
  readonly samples: (row: Row) => readonly (readonly [labels: Labels, value: number | null])[];
}

type Labels = Readonly<Record<string, string>>;

const ofFleet: readonly Family<RecordUsage>[] = [
  {
    name: 'fleetgauge_servers',
    help: 'Servers in the inventory.',
    samples: ({ servers }) => [[{}, servers]],
  },
  {
    name: 'fleetgauge_servers_with_value',
    help: 'Servers that have a value of a metric.',
    samples: ({ withCpu, withMemory }) => [
      [{ metric: 'cpu.utilization' }, withCpu],
      [{ metric: 'memory.usage' }, withMemory],
    ],
  },
  {
    name: 'fleetgauge_cpu_utilization_ratio',
    help: 'Over the window: avg is the mean of the averages of servers, max the highest of their maxima.',
    samples: ({ cpuAvg, cpuMax }) => [
      [{ statistic: 'avg' }, ratio(cpuAvg)],
      [{ statistic: 'max' }, ratio(cpuMax)],
    ],
  },
  {
    name: 'fleetgauge_memory_usage_ratio',
    help: 'Over the window: the mean of the averages of servers that have one.',
    samples: ({ memoryAvg }) => [[{ statistic: 'avg' }, ratio(memoryAvg)]],
  },
];

const ofServers: readonly Family<RecordLine>[] = [
  {
    name: 'fleetgauge_server_cpu_utilization_ratio',
    help: 'Of one server, over the window.',
    samples: ({ cpuAvg, cpuMax }) => [
      [{ statistic: 'avg' }, ratio(cpuAvg)],
      [{ statistic: 'max' }, ratio(cpuMax)],
    ],
  },
  {
    name: 'fleetgauge_server_memory_usage_ratio',
    help: 'Of one server, over the window.',
    samples: ({ memoryAvg }) => [[{ statistic: 'avg' }, ratio(memoryAvg)]],
  },
];

/** How used the fleet is, by provider, account and region, in the text format of Prometheus. */
export async function* fleetMetrics(inventory: InventoryStore, filter: RecordFilter): AsyncGenerator<string> {
  const usage = await inventory.usage(filter);
  for (const family of ofFleet) yield headOf(family) + usage.map((row) => linesOf(family, placeOf(row), row)).join('');
}

/** How used each server is. A family has to be in one piece, so that the servers are read once for each. */
export async function* serverMetrics(inventory: InventoryStore, filter: RecordFilter): AsyncGenerator<string> {
  for (const family of ofServers) {
    yield headOf(family);
    for await (const rows of inventory.lines(filter)) {
      const text = rows
        .map((row) => linesOf(family, { ...placeOf(row), id: row.resourceId, name: row.name }, row))
        .join('');
      if (text !== '') yield text;
      await nextTurn();
    }
  }
}

function placeOf({ provider, account, region }: Pick<RecordUsage, 'provider' | 'account' | 'region'>): Labels {
  return { provider, account, region };
}

function headOf({ name, help }: Pick<Family<never>, 'name' | 'help'>): string {
  return `# HELP ${name} ${help}\n# TYPE ${name} gauge\n`;
}

function linesOf<Row>({ name, samples }: Family<Row>, place: Labels, row: Row): string {
  return samples(row)
    .flatMap(([labels, value]) => (value === null ? [] : `${name}{${labelText({ ...place, ...labels })}} ${value}\n`))
    .join('');
}

function labelText(labels: Labels): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}="${escaped(value)}"`)
    .join(',');
}

function escaped(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}

/** Of percent. */
function ratio(percent: number | null): number | null {
  return percent === null ? null : percent / 100;
}
