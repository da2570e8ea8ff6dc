import type { ProviderTypes } from '#model/resource-type.ts';
import { lastDays } from '#model/window.ts';
import type { RecordFilter, StoredRecord } from '#store/inventory.ts';
import { conditionOfType } from '#store/query/resource-type.ts';
import { conditionOfText } from '#store/query/text.ts';
import type { Store } from '#store/store.ts';
import { demoColumn, type ExportColumn, exportColumns } from '../inventory/export/columns.ts';
import { fileBytes } from '../inventory/export/export.ts';
import { readPolicy } from '../rightsizing/policy.ts';
import { type ReviewContext, reviewRecords, serversOf } from '../rightsizing/review.ts';
import { type ReviewRow, reviewRow } from '../rightsizing/review-row.ts';
import { metricColumns, metricRows } from './metric-rows.ts';
import { verdictColumns } from './verdict-columns.ts';
import type { ExportWish } from './wish.ts';

export interface ContentSource {
  readonly store: Store;
  readonly types: readonly ProviderTypes[];
  readonly demo: boolean;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/** How far a file is. */
export interface ReadSoFar {
  /** Servers. */
  done: number;
  rows: number;
}

/** What a file will have in it. */
export interface ExportContents {
  /** Servers that will be read. */
  count(): Promise<number>;
  /**
   * @param soFar is kept up to date
   * @param signal ends it, by throwing, wherever it is
   */
  bytes(soFar: ReadSoFar, signal?: AbortSignal): AsyncIterable<Uint8Array>;
}

/** Reads nothing yet. @throws CollectError `invalid_query` for a filter, a type or a column that there is not */
export function contentsOf(source: ContentSource, wish: ExportWish): ExportContents {
  const { store, types, now } = source;
  const condition = wish.q === undefined ? undefined : conditionOfText(wish.q);
  switch (wish.kind) {
    case 'servers':
      return contents(source, wish, {
        filter: filterOf(wish.type, types, condition),
        columns: exportColumns(wish.columns),
        begin: async () =>
          async function* (servers) {
            yield servers;
          },
      });
    case 'metrics': {
      const asked = { window: lastDays(wish.days, now()), keys: wish.metrics };
      return contents(source, wish, {
        filter: filterOf(wish.type, types, condition),
        columns: metricColumns,
        begin: async () => (servers) => metricRows(store.history, servers, asked),
      });
    }
    case 'rightsizing':
      return contents(source, wish, {
        filter: serversOf(types, condition === undefined ? {} : { condition }),
        columns: verdictColumns,
        begin: async () => {
          const context = { store, types, policy: await readPolicy(store.settings), now: now() };
          return (servers) => verdictRows(context, wish, servers);
        },
      });
  }
}

interface Kind<Row> {
  readonly filter: RecordFilter;
  readonly columns: readonly ExportColumn<Row>[];
  /** What holds for the whole file is read here, once. */
  readonly begin: () => Promise<RowsOf<Row>>;
}

type RowsOf<Row> = (servers: readonly StoredRecord[]) => AsyncIterable<readonly Row[]>;

function contents<Row>(
  { store: { inventory }, demo }: ContentSource,
  { format }: ExportWish,
  { filter, columns, begin }: Kind<Row>,
): ExportContents {
  async function* pages(soFar: ReadSoFar, signal: AbortSignal | undefined): AsyncGenerator<readonly Row[]> {
    const rowsOf = await begin();
    for await (const servers of inventory.stream(filter)) {
      signal?.throwIfAborted();
      // Also where the filter lets none of a page through: whoever waits is to have a turn.
      if (servers.length === 0) yield [];
      for await (const rows of rowsOf(servers)) {
        signal?.throwIfAborted();
        soFar.rows += rows.length;
        yield rows;
      }
      soFar.done += servers.length;
    }
  }
  return {
    count: () => inventory.count(filter),
    bytes: (soFar, signal) => fileBytes(format, demo ? [demoColumn, ...columns] : columns, pages(soFar, signal)),
  };
}

function filterOf(type: string, types: readonly ProviderTypes[], condition: RecordFilter['condition']): RecordFilter {
  const ofType = conditionOfType(type, types);
  return { condition: condition === undefined ? ofType : { all: [ofType, condition] } };
}

async function* verdictRows(
  context: ReviewContext,
  { class: name, state }: Extract<ExportWish, { kind: 'rightsizing' }>,
  servers: readonly StoredRecord[],
): AsyncGenerator<readonly ReviewRow[]> {
  const reviews = await reviewRecords(context, servers);
  yield reviews
    .filter(
      (review) => (name ?? review.verdict.class) === review.verdict.class && (state ?? review.state) === review.state,
    )
    .map(reviewRow);
}
