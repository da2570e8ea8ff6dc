import { type ExpressionBuilder, sql } from 'kysely';
import { type ErrorCode, errorCodes } from '#model/errors.ts';
import type { CallCounts, CallQuarter, CallQuarterStore } from '../call-quarters.ts';
import type { SqlSession } from './session.ts';
import type { CallQuarterTable, Tables } from './tables.ts';

/** Rows of one statement: both databases bound how many values one may have. */
const rowsAtOnce = 200;

export const bands = [
  'band_0',
  'band_1',
  'band_2',
  'band_3',
  'band_4',
  'band_5',
  'band_6',
  'band_7',
  'band_8',
  'band_9',
  'band_10',
  'band_11',
] as const;
const sums = ['calls', 'failed', 'throttled', ...bands] as const;

export function sqlCallQuarters(session: SqlSession): CallQuarterStore {
  return {
    add: (quarters) => session.transaction((tx) => addQuarters(tx, quarters)),
    async byRegion(since) {
      const rows = await session.db
        .selectFrom('call_quarter')
        .select(['provider', 'region', 'quarter'])
        .select(({ fn }) => [fn.countAll<number>().as('accounts'), fn.max('calls').as('busiest')])
        .select(summed)
        .where('quarter', '>=', since)
        .groupBy(['provider', 'region', 'quarter'])
        .orderBy('provider')
        .orderBy('region')
        .orderBy('quarter')
        .execute();
      return rows.map(({ provider, region, quarter, accounts, busiest, ...row }) => ({
        provider,
        region,
        quarter,
        accounts,
        busiest,
        ...countsOf(row),
      }));
    },
    async byAccount({ provider, region, since, limit }) {
      let query = session.db
        .selectFrom('call_quarter')
        .select(['account', 'region'])
        .select(({ fn }) => fn.max('quarter').as('last'))
        .select(summed)
        .where('provider', '=', provider)
        .where('quarter', '>=', since);
      if (region !== undefined) query = query.where('region', '=', region);
      const rows = await query
        .groupBy(['account', 'region'])
        .orderBy('failed', 'desc')
        .orderBy('account')
        .orderBy('region')
        .limit(limit)
        .execute();
      return rows.map(({ account, region: of, last, ...row }) => ({ account, region: of, last, ...countsOf(row) }));
    },
    async forget(before) {
      await session.transaction((tx) => tx.db.deleteFrom('call_quarter').where('quarter', '<', before).execute());
    },
  };
}

async function addQuarters({ db }: SqlSession, quarters: readonly CallQuarter[]): Promise<void> {
  // In one order, whoever writes: two who wait for each other's rows would both lose.
  const rows = quarters.map(rowOf).toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  for (let at = 0; at < rows.length; at += rowsAtOnce) {
    await db
      .insertInto('call_quarter')
      .values(rows.slice(at, at + rowsAtOnce))
      .onConflict((conflict) =>
        conflict.columns(['quarter', 'provider', 'account', 'region']).doUpdateSet((eb) => ({
          ...Object.fromEntries(sums.map((column) => [column, added(eb, column)])),
          error: eb.fn.coalesce('excluded.error', 'call_quarter.error'),
        })),
      )
      .execute();
  }
}

function added(
  eb: ExpressionBuilder<Tables & { excluded: CallQuarterTable }, 'call_quarter' | 'excluded'>,
  column: (typeof sums)[number],
) {
  return eb(`call_quarter.${column}`, '+', eb.ref(`excluded.${column}`));
}

function summed({ fn }: ExpressionBuilder<Tables, 'call_quarter'>) {
  return [
    ...sums.map((column) => fn.sum<number | string>(column).as(column)),
    sql<string | null>`max(error)`.as('error'),
  ] as const;
}

type SummedRow = Readonly<Partial<Record<string, number | string | null>>>;

/** PostgreSQL sums whole numbers as texts. */
function countsOf(row: SummedRow): CallCounts {
  const { error } = row;
  const of = (column: (typeof sums)[number]) => Number(row[column] ?? 0);
  return {
    calls: of('calls'),
    failed: of('failed'),
    throttled: of('throttled'),
    error: isErrorCode(error) ? error : null,
    bands: bands.map(of),
  };
}

function isErrorCode(text: unknown): text is ErrorCode {
  return typeof text === 'string' && Object.hasOwn(errorCodes, text);
}

function rowOf({ bands: counts, ...quarter }: CallQuarter): CallQuarterTable {
  const of = (at: number) => counts[at] ?? 0;
  return {
    ...quarter,
    band_0: of(0),
    band_1: of(1),
    band_2: of(2),
    band_3: of(3),
    band_4: of(4),
    band_5: of(5),
    band_6: of(6),
    band_7: of(7),
    band_8: of(8),
    band_9: of(9),
    band_10: of(10),
    band_11: of(11),
  };
}

function keyOf({ quarter, provider, account, region }: CallQuarterTable): string {
  return [String(quarter).padStart(12, '0'), provider, account, region].join('\n');
}
