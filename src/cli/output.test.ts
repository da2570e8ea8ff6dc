import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { captureOutput } from './captured-output.fixture.ts';
import { type ListFlags, write, writeDocument } from './output.ts';
import type { Column } from './table.ts';

interface Run {
  readonly id: number;
  readonly status: { readonly state: string };
  readonly spent: number;
  readonly note?: string;
}

const rows: readonly Run[] = [
  { id: 9, status: { state: 'PARTIAL' }, spent: 0.2, note: '=HYPERLINK("x")' },
  { id: 10, status: { state: 'SUCCESS' }, spent: 10, note: 'web, and\tdb' },
  { id: 11, status: { state: 'SUCCESS' }, spent: 2.5 },
];

const columns: readonly Column<Run>[] = [
  { title: '#', value: ({ id }) => String(id), raw: ({ id }) => id },
  { title: 'STATE', value: ({ status }) => status.state.toLowerCase() },
  { title: 'COST', value: ({ spent }) => `$${spent.toFixed(2)}`, raw: ({ spent }) => spent },
  { title: 'LAST NOTE', value: ({ note }) => note ?? '–' },
];

const heard = captureOutput();

async function shown(flags: Partial<ListFlags>): Promise<string> {
  await write({ flags: { output: 'table', ...flags }, rows, columns });
  return heard.out.trimEnd();
}

it.each([
  {
    name: 'a table as tabs',
    flags: {},
    want: '#\tSTATE\tCOST\tLAST NOTE\n9\tpartial\t$0.20\t=HYPERLINK("x")\n10\tsuccess\t$10.00\tweb, and db\n11\tsuccess\t$2.50\t–',
  },
  {
    name: 'fields in their order',
    flags: { fields: ['cost', 'id'] },
    want: 'COST\t#\n$0.20\t9\n$10.00\t10\n$2.50\t11',
  },
  { name: 'a path of the row', flags: { fields: ['status.state'] }, want: 'status.state\nPARTIAL\nSUCCESS\nSUCCESS' },
  { name: 'numbers in their order', flags: { fields: ['id'], sort: 'cost' }, want: '#\n9\n11\n10' },
  { name: 'the other way round', flags: { fields: ['id'], sort: '-cost' }, want: '#\n10\n11\n9' },
  { name: 'what is not there comes last', flags: { fields: ['id'], sort: 'last_note' }, want: '#\n9\n10\n11' },
  { name: 'either way', flags: { fields: ['id'], sort: '-last_note' }, want: '#\n10\n9\n11' },
  { name: 'what a query leaves', flags: { fields: ['id'], filter: 'state:success cost:>5' }, want: '#\n10' },
  { name: 'none of a query', flags: { fields: ['id'], filter: 'last_note:none' }, want: '#\n11' },
  { name: 'a range', flags: { fields: ['id'], filter: 'cost:1..3' }, want: '#\n11' },
  { name: 'not that', flags: { fields: ['id'], filter: '-state:success,canceled' }, want: '#\n9' },
  { name: 'a part', flags: { fields: ['id'], filter: 'last_note:~AND' }, want: '#\n10' },
  { name: 'a word of any column', flags: { fields: ['id'], filter: 'hyperlink' }, want: '#\n9' },
  { name: 'a word as it is shown', flags: { fields: ['id'], filter: '$10.00' }, want: '#\n10' },
  { name: 'no name of a field', flags: { fields: ['id'], filter: 'spent' }, want: '#' },
  { name: 'a number with a unit', flags: { fields: ['id'], filter: 'cost:<0.01k cost:>=1%' }, want: '#\n11' },
  { name: 'a quoted one', flags: { fields: ['id'], filter: 'last_note:~"web, "' }, want: '#\n10' },
  {
    name: 'lines of JSON',
    flags: { output: 'ndjson', fields: ['id', 'last_note'], limit: 2, sort: '-id' },
    want: '{"id":11,"last_note":null}\n{"id":10,"last_note":"web, and\\tdb"}',
  },
  {
    name: 'CSV without formulas',
    flags: { output: 'csv', fields: ['last_note'], limit: 1 },
    want: 'LAST NOTE\r\n"\'=HYPERLINK(""x"")"',
  },
] as const satisfies readonly { name: string; flags: Partial<ListFlags>; want: string }[])(
  '$name',
  async ({ flags, want }) => {
    expect(await shown(flags)).toBe(want);
  },
);

it('says in JSON and YAML the same, with what there is besides', async () => {
  const json = JSON.parse(await shown({ output: 'json', limit: 2 }));
  expect(json).toEqual({
    data: rows.slice(0, 2),
    meta: { total: 3, took_ms: expect.any(Number), demo: false, warnings: ['2 of 3; --limit 0 shows all'] },
  });
  heard.out = '';
  expect(parse(await shown({ output: 'yaml', limit: 2 }))).toEqual({
    ...json,
    meta: { ...json.meta, took_ms: expect.any(Number) },
  });
  expect(heard.err).toBe('');
});

it('says beside a table what is missing from it', async () => {
  await shown({ limit: 1 });
  expect(heard.err).toBe('1 of 3; --limit 0 shows all\n');
});

it('does not tell those who ask for all to ask for all', async () => {
  const meta = { total: 5, warnings: ['2 of 5 are missing'] };
  await write({ flags: { output: 'table', limit: 0 }, rows, columns, meta });
  expect(heard.err).toBe('2 of 5 are missing\n');
});

it('prints nothing at all for no row in lines of JSON', async () => {
  await shown({ output: 'ndjson', filter: 'id:>99' });
  expect(heard.out).toBe('');
});

it('has an empty list, too', async () => {
  await write({ flags: { output: 'json' }, rows: [], columns });
  expect(JSON.parse(heard.out)).toMatchObject({ data: [], meta: { total: 0, warnings: [] } });
});

it('has one thing in the same envelope', async () => {
  const document = { data: rows[0], text: () => 'run 9' };
  await writeDocument({ output: 'text' }, document);
  expect(heard.out).toBe('run 9\n');
  heard.out = '';
  await writeDocument({ output: 'text', json: true }, document);
  expect(JSON.parse(heard.out)).toMatchObject({ data: rows[0], meta: { total: 1 } });
});

it.each([
  { flags: { fields: ['colour'] }, code: 'invalid_input', says: /id, state, cost, last_note/ },
  { flags: { sort: '-colour' }, code: 'invalid_input', says: /id, state, cost, last_note/ },
  { flags: { filter: 'colour:red' }, code: 'invalid_input', says: /id, state, cost, last_note/ },
  { flags: { filter: 'toString:x' }, code: 'invalid_input', says: /id, state, cost, last_note/ },
  { flags: { filter: 'cost:<much' }, code: 'invalid_query', says: /10\.\.20/ },
  { flags: { filter: 'state:"success' }, code: 'invalid_query', says: undefined },
] as const)('refuses $flags, and says what there is', async ({ flags, code, says }) => {
  await expect(shown(flags)).rejects.toMatchObject({ code, ...(says && { fix: expect.stringMatching(says) }) });
  expect(heard.out).toBe('');
});
