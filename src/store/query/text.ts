import { isMetricKey, type MetricKey, serverMetricKeys } from '#model/metric.ts';
import { type Statistic, statistics } from '#model/statistic.ts';
import { type Condition, type Path, statePath } from './condition.ts';
import { boundsOf, numberOf, refused, type Term, termsOf } from './terms.ts';

/**
 * The query as people type it, in the console, on the command line and in the API: terms that all must hold.
 *
 * `provider:aws` `region:eu-west-1,us-east-1` `tag.env:prod` `name:~web` `type:m7i.large` `cpu.p95:<5` `cpu:10..20` `mem:none`
 * `-account:sandbox` `"web 1"`: a minus turns a term round, `~` asks for a part of a text, `none` for what has no value, and a word
 * without a field for a part of the name or id.
 *
 * @throws CollectError `invalid_query` naming the term
 */
export function conditionOfText(text: string): Condition {
  return conditionWithout(text);
}

/** As `conditionOfText`, without what is said of a field. @param field none where absent */
export function conditionWithout(text: string, field?: string): Condition {
  const terms = termsOf(text).map((term) => ({ field: term.field, condition: termCondition(term) }));
  return { all: terms.filter((term) => field === undefined || term.field !== field).map(({ condition }) => condition) };
}

/** The fields that a query asks of. @throws CollectError as `conditionOfText` */
export function fieldsOfText(text: string): ReadonlySet<string> {
  return new Set(termsOf(text).map(({ field }) => field));
}

function termCondition(term: Term): Condition {
  const condition = term.field === '' ? wordCondition(term) : fieldCondition(term);
  return term.isNegated ? { not: condition } : condition;
}

function wordCondition({ value }: Term): Condition {
  return { any: [['name'], ['reference', 'resource_id']].map((path) => containing(path, value)) };
}

/** Fields with a text, by the names that people give them. */
const textFields: Readonly<Record<string, Path>> = {
  provider: ['provider'],
  account: ['account'],
  region: ['region_code'],
  name: ['name'],
  id: ['reference', 'resource_id'],
  type: ['instance_type'],
  service: ['cloud_service_group'],
  kind: ['cloud_service_type'],
  state: [statePath],
  zone: ['data', 'compute', 'az'],
  platform: ['data', 'compute', 'platform'],
};

/** Short names of the usual metrics. */
const metricFields: Readonly<Record<string, MetricKey>> = {
  cpu: 'cpu.utilization',
  mem: 'memory.usage',
  memory: 'memory.usage',
  'net.in': 'network.received_throughput',
  'net.out': 'network.sent_throughput',
  'disk.read': 'disk.read_throughput',
  'disk.write': 'disk.write_throughput',
};

const numberFields: Readonly<Record<string, Path>> = {
  vcpus: ['data', 'hardware', 'core'],
  'memory.gib': ['data', 'hardware', 'memory'],
};

function fieldCondition(term: Term): Condition {
  const { field } = term;
  const path = own(textFields, field);
  if (path !== undefined) return onText(path, term);
  if (field.startsWith('tag.') && field.length > 4) return onText(['tags', field.slice(4)], term);
  const number = own(numberFields, field) ?? metricPath(field);
  if (number !== undefined) return onNumber(number, term);
  throw refused(term.text, `there is no field '${field}'`, fieldsHelp);
}

const fieldsHelp = `fields: ${Object.keys(textFields).join(', ')}, tag.<name>, ${Object.keys(numberFields).join(', ')}, ${Object.keys(metricFields).join(', ')} or ${serverMetricKeys[0]}, with .avg, .max, .min, .p50, .p95, .p99`;

/** `cpu.p95` → where that lies in a record; the average where no statistic is named. */
export function metricPath(field: string): Path | undefined {
  const statistic = statistics.find((each) => field.endsWith(`.${each}`));
  const name = statistic === undefined ? field : field.slice(0, -statistic.length - 1);
  const key = isMetricKey(name) ? name : own(metricFields, name);
  if (key === undefined) return undefined;
  return valuePath(key, statistic ?? 'avg');
}

function valuePath(key: MetricKey, statistic: Statistic): Path {
  const dot = key.indexOf('.');
  return ['data', 'monitoring', key.slice(0, dot), key.slice(dot + 1), statistic];
}

function onText(path: Path, { value, text }: Term): Condition {
  if (value === 'none') return { path, is: 'one of', values: [null, ''] };
  if (value.startsWith('~')) return containing(path, value.slice(1));
  const values = value.split(',').filter((each) => each !== '');
  if (values.length === 0) throw refused(text, 'a value is missing');
  return { path, is: 'one of', values };
}

function onNumber(path: Path, term: Term): Condition {
  const { value } = term;
  if (value === 'none') return { not: { path, is: 'present' } };
  const bounds = boundsOf(term);
  if (bounds === undefined) return { path, is: 'equal', value: numberOf(term) };
  return { all: bounds.map((bound) => ({ path, ...bound })) };
}

function containing(path: readonly string[], text: string): Condition {
  const [first = '', ...rest] = path;
  return { path: [first, ...rest], is: 'containing', text };
}

/** Names of what all objects inherit are no fields. */
function own<T>(fields: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(fields, name) ? fields[name] : undefined;
}
