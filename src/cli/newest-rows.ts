import type { ListFlags } from './output.ts';

interface Numbered {
  readonly id: number;
}

export interface Newest<Row> {
  readonly rows: readonly Row[];
  /** Empty where the rows are all there are. */
  readonly warnings: readonly string[];
}

const pageSize = 1000;
/** So many are looked at where not all are asked for: enough for any week, and soon read. */
const usuallyRead = 10_000;

/**
 * The rows of a list that grows for ever, newest first: all of them where `--limit 0` asks for all, else the newest, with a warning
 * where there are older ones, which no filter, sort or count then knows of.
 *
 * @param read a page of those before an id
 */
export function newestRows<Row extends Numbered>(
  flags: Pick<ListFlags, 'limit'>,
  read: (page: { readonly limit: number; readonly before?: number }) => Promise<readonly Row[]>,
): Promise<Newest<Row>> {
  return newestOf(flags, pagesOf(read));
}

/** The same of pages that come one after the other; no more of them are taken than it takes. */
export async function newestOf<Row>(
  { limit }: Pick<ListFlags, 'limit'>,
  pages: AsyncIterable<readonly Row[]>,
): Promise<Newest<Row>> {
  const most = limit === 0 ? Number.POSITIVE_INFINITY : Math.max(usuallyRead, limit ?? 0);
  const rows: Row[] = [];
  for await (const page of pages) {
    rows.push(...page);
    if (rows.length > most) break;
  }
  if (rows.length <= most) return { rows, warnings: [] };
  return {
    rows: rows.slice(0, most),
    warnings: [`the newest ${most} were looked at, and there are older ones; --limit 0 looks at all`],
  };
}

async function* pagesOf<Row extends Numbered>(
  read: Parameters<typeof newestRows<Row>>[1],
): AsyncGenerator<readonly Row[]> {
  let page: readonly Row[];
  let before: number | undefined;
  do {
    page = await read({ limit: pageSize, ...(before === undefined ? {} : { before }) });
    yield page;
    before = page.at(-1)?.id;
  } while (page.length === pageSize);
}
