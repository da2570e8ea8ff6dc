import { parquetMetadata, parquetReadObjects } from 'hyparquet';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { InventoryRecord } from '#model/record.ts';
import { conditionOfText } from '#store/query/text.ts';
import type { Store } from '#store/store.ts';
import { openTestStore } from '#store/testing/open-test-store.ts';
import { measured, server } from '#store/testing/servers.ts';
import { exportColumns } from './columns.ts';
import { type ExportForm, type ExportWish, exportServers, fileBytes } from './export.ts';

const now = Date.parse('2026-11-22T10:00:00.123Z');
const missing = {
  window: { start: '2026-11-08T00:00:00Z', end: '2026-11-22T00:00:00Z' },
  collected_at: '2026-11-22T09:00:00Z',
  metrics: { 'memory.usage': { missing: 'agent_absent' } },
} satisfies InventoryRecord['data']['monitoring_info'];

const records: readonly InventoryRecord[] = [
  measured('i-1', 12.5, 40),
  { ...measured('i-2', 0), data: { ...measured('i-2', 0).data, monitoring_info: missing } },
  server('i-3', { name: '=HYPERLINK("http://evil.example";"x")', tags: { env: '-2+3', '=a': '1' } }),
  server('i-4', { name: '@SUM(1), "two"\nlines', tags: { env: '+1' } }),
  server('i-5', { name: '서버 한 대', tags: {} }),
];

let store: Store;
beforeAll(async () => {
  store = await openTestStore();
  await store.inventory.put(
    records.map((record) => ({ record })),
    now,
  );
});
afterAll(() => store.close());

async function exported(form: ExportForm, columns?: readonly string[], wish: Partial<ExportWish> = {}) {
  const chunks = await Array.fromAsync(
    exportServers(store.inventory, { form, columns: exportColumns(columns), ...wish }),
  );
  return Buffer.concat(chunks);
}

const lines = async (columns: readonly string[]) => (await exported('csv', columns)).toString().split('\r\n');

describe('CSV', () => {
  it('has blanks where there is nothing, and zeros where there is a zero', async () => {
    const columns = ['resource_id', 'cpu.utilization.avg', 'memory.usage.avg', 'memory.usage.missing', 'first_seen'];
    expect(await lines(columns)).toEqual([
      columns.join(','),
      'i-1,12.5,40,,2026-11-22T10:00:00.123Z',
      'i-2,0,,agent_absent,2026-11-22T10:00:00.123Z',
      'i-3,,,,2026-11-22T10:00:00.123Z',
      'i-4,,,,2026-11-22T10:00:00.123Z',
      'i-5,,,,2026-11-22T10:00:00.123Z',
      '',
    ]);
  });

  it('gives a spreadsheet nothing to run', async () => {
    expect(await lines(['name', 'tag.env', 'tag.=a'])).toEqual([
      'name,tag.env,tag.=a',
      'name of i-1,prod,',
      'name of i-2,prod,',
      `"'=HYPERLINK(""http://evil.example"";""x"")",'-2+3,1`,
      `"'@SUM(1), ""two""\nlines",'+1,`,
      '서버 한 대,,',
      '',
    ]);
  });
});

it('writes a JSON object a line, each with the same keys', async () => {
  const columns = ['name', 'cpu.utilization.avg', 'last_seen'];
  const rows = (await exported('ndjson', columns))
    .toString()
    .trimEnd()
    .split('\n')
    .map((text) => JSON.parse(text));
  const last_seen = '2026-11-22T10:00:00.123Z';
  expect(rows[1]).toEqual({ name: 'name of i-2', 'cpu.utilization.avg': 0, last_seen });
  expect(rows[4]).toEqual({ name: '서버 한 대', 'cpu.utilization.avg': null, last_seen });
  expect(rows).toHaveLength(5);
});

it('writes Parquet that others read', async () => {
  const file = await exported('parquet');
  const rows = await parquetReadObjects({ file: new Uint8Array(file).buffer });
  expect(rows).toHaveLength(5);
  expect(rows[0]).toMatchObject({ resource_id: 'i-1', 'cpu.utilization.avg': 12.5, 'cpu.utilization.max': 25 });
  expect(rows[1]).toMatchObject({ 'cpu.utilization.avg': 0, 'memory.usage.missing': 'agent_absent' });
  expect(rows[2]).toMatchObject({ name: records[2]?.name, first_seen: new Date(now) });
  expect(rows[2]?.['cpu.utilization.avg'] ?? 'nothing').toBe('nothing');
});

it('writes Parquet in groups, however many rows come at once', async () => {
  const rows = Array.from({ length: 200_500 }, (_, row) => row);
  async function* atOnce() {
    yield rows;
  }
  const column = { name: 'row', kind: 'number', value: (row: number) => row } as const;
  const file = Buffer.concat(await Array.fromAsync(fileBytes('parquet', [column], atOnce())));
  const { row_groups: groups } = parquetMetadata(new Uint8Array(file).buffer);
  expect(groups.map((group) => Number(group.num_rows))).toEqual([...Array(200).fill(1_000), 500]);
});

it.each(['csv', 'ndjson', 'parquet'] as const)('writes %s of nothing', async (form) => {
  const file = await exported(form, ['name'], { filter: { condition: conditionOfText('provider:none-such') } });
  if (form === 'parquet') expect(await parquetReadObjects({ file: new Uint8Array(file).buffer })).toEqual([]);
  else expect(file.toString()).toBe(form === 'csv' ? 'name\r\n' : '');
});

it('takes what the query lets through', async () => {
  const filter = { condition: conditionOfText('cpu.avg:>5') };
  expect((await exported('csv', ['resource_id'], { filter })).toString()).toBe('resource_id\r\ni-1\r\n');
});

it.each([['cpu.utilization.p42'], ['tag.'], ['name', 'name'], ['__proto__'], ['']])(
  'has no columns %j, %j',
  (...names) => {
    expect(() => exportColumns(names)).toThrow(expect.objectContaining({ code: 'invalid_query' }));
  },
);
