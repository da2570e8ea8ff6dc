import { type Command, Option } from 'commander';
import type { Store } from '#store/store.ts';
import { parseDuration } from './duration.ts';
import { type Fields, fieldsOf, nameOf } from './fields.ts';
import { parseLimit } from './parse-limit.ts';
import { parseList } from './parse-list.ts';
import { rowsWhere } from './row-filter.ts';
import { note } from './say.ts';
import { type Column, renderCsv, renderTable, renderTsv } from './table.ts';
import { repeatedly, watching } from './watch.ts';

const rowForms = ['table', 'wide', 'json', 'ndjson', 'csv', 'yaml'] as const;
const documentForms = ['text', 'json', 'yaml'] as const;

type RowForm = (typeof rowForms)[number];
type DocumentForm = (typeof documentForms)[number];

/** How rows are to be printed. */
export interface RowFlags {
  readonly output: RowForm;
  readonly fields?: readonly string[];
}

/** Whether it is shown once. */
export interface WatchFlags {
  /** Milliseconds; true for the usual time. */
  readonly watch?: number | true;
}

/** Which of them, besides. */
export interface ListFlags extends RowFlags, WatchFlags {
  readonly sort?: string;
  readonly limit?: number;
  readonly filter?: string;
}

/** How one thing is to be printed; `json` stands for `output`. */
export interface DocumentFlags {
  readonly output: DocumentForm;
  readonly json?: boolean;
}

/** For commands that print rows which they choose and order by themselves. */
export function addRowOptions(command: Command): Command {
  return command
    .addOption(
      new Option('-o, --output <form>', 'a table is tab-separated where it is piped')
        .choices([...rowForms])
        .default('table'),
    )
    .option('--fields <names>', 'these columns alone, in this order: name,region', parseList);
}

/** A command whose rows are all there are, of which some may be chosen. */
export function listsRows<Flags extends ListFlags>(
  command: Command,
  list: (flags: Flags, command: Command, ...args: string[]) => Promise<void>,
): void {
  addRowOptions(command)
    .option('--sort <field>', 'a column; with a minus in front from high to low')
    .option('--limit <n>', 'at most so many; 0 for all', parseLimit)
    .option('--filter <query>', "such as 'state:partial -account:sandbox servers:>100 name:~web'");
  showsAgain(command, list);
}

/**
 * A command that shows something once, or with `-w` again and again.
 *
 * @param usually how often, where no `-w` is given
 */
export function showsAgain<Flags extends WatchFlags>(
  command: Command,
  show: (flags: Flags, command: Command, ...args: string[]) => Promise<void>,
  usually: () => WatchFlags['watch'] = () => undefined,
): void {
  command
    .option('-w, --watch [every]', 'again and again, every 3s where no time is given', parseDuration)
    .action(() => {
      const flags = command.opts<Flags>();
      return repeatedly(flags.watch ?? usually(), () => show(flags, command, ...command.args));
    });
}

export function addDocumentOptions(command: Command, json = 'all of it'): Command {
  return command
    .addOption(new Option('-o, --output <form>').choices([...documentForms]).default('text'))
    .option('--json', `${json}; short for -o json`);
}

interface Output<Row> {
  readonly flags: ListFlags;
  readonly rows: readonly Row[];
  readonly columns: readonly Column<Row>[];
  readonly csvColumns?: readonly Column<Row>[];
  readonly wideColumns?: readonly Column<Row>[];
  readonly meta?: Meta;
  /** Where the rows are from: it may hold a demo. */
  readonly store?: Store;
}

/** `total` where there are more rows than are given. */
interface Meta {
  readonly total?: number;
  readonly warnings?: readonly string[];
  readonly [name: string]: unknown;
}

/**
 * Rows, on stdout; what is to be known besides is in `meta` of JSON and YAML, and a note elsewhere.
 *
 * @throws CollectError `invalid_input` for a field that is none, naming those that are
 */
export async function write<Row>(output: Output<Row>): Promise<void> {
  const {
    flags,
    columns,
    csvColumns = columns,
    wideColumns = columns,
    meta: { total: given, warnings = [], ...meta } = {},
  } = output;
  const fields = fieldsOf(inOrder(flags.output, csvColumns, [...columns, ...wideColumns]), output.rows);
  const found = chosen(output.rows, flags, fields);
  const limit = flags.limit === undefined || flags.limit === 0 ? found.length : flags.limit;
  const rows = found.slice(0, limit);
  const total = Math.max(given ?? 0, found.length);
  const cut = flags.limit !== 0 && rows.length < total ? [`${rows.length} of ${total}; --limit 0 shows all`] : [];
  const shown = flags.fields?.map((name) => fields.column(name));
  const about = { total, ...(await commonMeta(output.store)), warnings: [...warnings, ...cut], ...meta };
  const data = shown === undefined ? rows : rows.map((row) => picked(row, shown, fields));
  const text = await rendered(flags.output, {
    data,
    meta: about,
    table: () => tableOf(shown ?? (flags.output === 'wide' ? wideColumns : columns), rows),
    csv: () => renderCsv(shown ?? csvColumns, rows),
  });
  // No row is no line.
  if (text !== '') await print(text);
  if (flags.output !== 'json' && flags.output !== 'yaml') for (const warning of about.warnings) note(warning);
}

/** One thing, on stdout: as text for people, or as it is. */
export async function writeDocument(
  { output, json }: DocumentFlags,
  document: { readonly data: unknown; readonly text: () => string; readonly store?: Store; readonly demo?: boolean },
): Promise<void> {
  const { data, text, store, demo } = document;
  if (json !== true && output === 'text') return print(text());
  const common = await commonMeta(store);
  const meta = { total: 1, ...common, demo: demo ?? common.demo, warnings: [] };
  return print(await envelope(json === true || output === 'json' ? 'json' : 'yaml', { data, meta }));
}

/** Text on stdout, once whoever reads it has taken it. */
export async function print(text: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    process.stdout.write(`${text}\n`, (error) => (error ? reject(error) : resolve()));
  });
}

/** A name that several have is that of the column which this form would show. */
function inOrder<Row>(form: RowForm, csv: readonly Column<Row>[], table: readonly Column<Row>[]): Column<Row>[] {
  return form === 'table' || form === 'wide' ? [...table, ...csv] : [...csv, ...table];
}

interface Renderings {
  readonly data: readonly unknown[];
  readonly meta: object;
  readonly table: () => string;
  readonly csv: () => string;
}

function rendered(form: RowForm, { data, meta, table, csv }: Renderings): string | Promise<string> {
  switch (form) {
    case 'table':
    case 'wide':
      return table();
    case 'csv':
      return csv();
    case 'ndjson':
      return data.map((row) => JSON.stringify(row)).join('\n');
    case 'json':
    case 'yaml':
      return envelope(form, { data, meta });
  }
}

async function envelope(form: 'json' | 'yaml', document: { readonly data: unknown; readonly meta: object }) {
  if (form === 'json') return JSON.stringify(document, null, 2);
  const { stringify } = await import('yaml');
  // As JSON has it: without what is undefined, and no row referring to another.
  return stringify(JSON.parse(JSON.stringify(document)), { aliasDuplicateObjects: false, lineWidth: 0 }).trimEnd();
}

function tableOf<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string {
  return process.stdout.isTTY ? renderTable(columns, rows) : renderTsv(columns, rows);
}

async function commonMeta(store: Store | undefined) {
  const [newest] = store === undefined ? [] : await store.jobs.list({ limit: 1 });
  return { took_ms: Math.round(performance.now() - watching.since), demo: newest?.demo ?? false };
}

function chosen<Row>(rows: readonly Row[], { filter, sort }: ListFlags, fields: Fields<Row>): readonly Row[] {
  const kept = filter === undefined ? rows : rows.filter(rowsWhere(filter, fields));
  if (sort === undefined) return kept;
  const sign = sort.startsWith('-') ? -1 : 1;
  const { raw } = fields.column(sort.replace(/^-/, ''));
  return kept.toSorted((a, b) => compare(raw(a), raw(b), sign));
}

type Raw = number | string | boolean | undefined;

/** What has no value comes last, either way. */
function compare(a: Raw, b: Raw, sign: number): number {
  if (a === undefined || b === undefined) return Number(a === undefined) - Number(b === undefined);
  if (typeof a === 'number' && typeof b === 'number') return sign * (a - b);
  return sign * String(a).localeCompare(String(b), 'en', { numeric: true });
}

function picked<Row>(row: Row, shown: readonly Column<Row>[], fields: Fields<Row>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(shown.map((column) => [nameOf(column), fields.column(nameOf(column)).raw(row) ?? null]));
}
