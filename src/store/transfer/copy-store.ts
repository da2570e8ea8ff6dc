import { hash } from 'node:crypto';
import { CollectError } from '#model/errors.ts';
import type { Cell, ColumnKind, Row, Table, TableSource, TableTarget } from './tables.ts';

/** What was copied, by table. */
export type Copied = ReadonlyMap<string, number>;

/** Rows that a new store has by itself. */
const ownTable = 'setting';

/**
 * Copies a store into an empty one, on whichever database each of them is, and reads all of it again: counts and checksums
 * must be the same before anything of it is kept.
 *
 * Runs that were under way are interrupted there, since nobody runs them there.
 *
 * @throws CollectError `conflict` where the target is not empty, `store_failed` where a row did not arrive as it was
 */
export async function copyStore(source: TableSource, target: TableTarget): Promise<Copied> {
  const tables = await sharedTables(source, target);
  for (const table of tables) {
    if (table.name !== ownTable) await refuseRows(target, table);
  }
  await target.execute(`DELETE FROM ${ownTable}`);
  const sums = new Map<Table, Sum>();
  for (const table of tables) {
    const sum = new Sum(table);
    for await (const rows of source.rows(table)) {
      sum.add(rows);
      await target.write(table, rows);
    }
    sums.set(table, sum);
  }
  for (const [table, sum] of sums) await compare(target, table, sum);
  await target.setLastIds(await source.lastIds());
  await target.execute(`UPDATE task SET state = 'PENDING', attempt = attempt + 1 WHERE state = 'RUNNING'`);
  await target.execute(`UPDATE job SET state = 'INTERRUPTED', finished_at = heartbeat_at WHERE state = 'RUNNING'`);
  await target.execute('UPDATE schedule SET leased_until = NULL');
  await target.commit();
  return new Map([...sums].map(([{ name }, { count }]) => [name, count]));
}

/** Both have the same tables; those that others refer to come first. @throws CollectError `internal` where they do not */
async function sharedTables(source: TableSource, target: TableTarget): Promise<Table[]> {
  const [from, to] = [await source.tables(), await target.tables()];
  const other = new Map(to.map((table) => [table.name, table]));
  const tables = from.map((table): Table => {
    const same = other.get(table.name);
    if (same === undefined || from.length !== to.length) throw different(from, to);
    const columns = [...table.columns].map(([name, kind]): [string, ColumnKind] => {
      const otherKind = same.columns.get(name);
      if (otherKind === undefined || same.columns.size !== table.columns.size) throw different([table], [same]);
      return [name, kind === 'json' || otherKind === 'json' ? 'json' : kind];
    });
    return { ...table, columns: new Map(columns), references: [...table.references, ...same.references] };
  });
  return inOrder(tables);
}

function inOrder(tables: readonly Table[]): Table[] {
  const ordered: Table[] = [];
  const isPlaced = (name: string) => ordered.some((table) => table.name === name);
  while (ordered.length < tables.length) {
    const next = tables.filter(({ name, references }) => !isPlaced(name) && references.every(isPlaced));
    if (next.length === 0) throw new CollectError('internal', 'tables refer to each other in a circle');
    ordered.push(...next);
  }
  return ordered;
}

async function refuseRows(target: TableTarget, table: Table): Promise<void> {
  for await (const _ of target.rows(table)) {
    throw new CollectError('conflict', 'the target is not empty', {
      where: `table ${table.name}`,
      fix: 'Choose a new database, schema or data folder; nothing is ever merged or overwritten.',
    });
  }
}

async function compare(target: TableTarget, table: Table, sent: Sum): Promise<void> {
  const arrived = new Sum(table);
  for await (const rows of target.rows(table)) arrived.add(rows);
  if (arrived.count === sent.count && arrived.value === sent.value) return;
  throw new CollectError(
    'store_failed',
    `${table.name} did not arrive as it was: ${arrived.count} of ${sent.count} rows`,
    {
      fix: 'Nothing of it was kept. Try again; report it if it stays so.',
    },
  );
}

/** A checksum that does not depend on the order of the rows: the hashes of all of them, added up. */
class Sum {
  count = 0;
  value = 0n;
  readonly #kinds: readonly ColumnKind[];

  constructor({ columns }: Table) {
    this.#kinds = [...columns.values()];
  }

  add(rows: readonly Row[]): void {
    for (const row of rows) {
      this.count++;
      const text = JSON.stringify(row.map((cell, at) => canonical(cell, this.#kinds[at])));
      this.value = BigInt.asUintN(64, this.value + hash('sha256', text, 'buffer').readBigUInt64LE());
    }
  }
}

/** The same for both databases: one of them gives JSON back with its keys in another order. */
function canonical(cell: Cell, kind: ColumnKind | undefined): unknown {
  if (cell instanceof Uint8Array) return Buffer.from(cell).toString('base64');
  return kind === 'json' && typeof cell === 'string' ? sortKeys(JSON.parse(cell)) : cell;
}

function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (typeof value !== 'object' || value === null) return value;
  return Object.entries(value)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, each]) => [key, sortKeys(each)]);
}

function different(one: readonly Table[], other: readonly Table[]): CollectError {
  const names = (tables: readonly Table[]) =>
    tables.map(({ name, columns }) => `${name}(${[...columns.keys()].join()})`).join(' ');
  return new CollectError('internal', 'the two databases have other tables', {
    where: `${names(one)} / ${names(other)}`,
  });
}
