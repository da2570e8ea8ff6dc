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
export async function newestRows<Row extends Numbered>(
  { limit }: Pick<ListFlags, 'limit'>,
  read: (page: { readonly limit: number; readonly before?: number }) => Promise<readonly Row[]>,
): Promise<Newest<Row>> {
  const most = limit === 0 ? Number.POSITIVE_INFINITY : Math.max(usuallyRead, limit ?? 0);
  const rows: Row[] = [];
  let page: readonly Row[];
  do {
    const last = rows.at(-1);
    page = await read({ limit: pageSize, ...(last === undefined ? {} : { before: last.id }) });
    rows.push(...page);
  } while (page.length === pageSize && rows.length <= most);
  if (rows.length <= most) return { rows, warnings: [] };
  return {
    rows: rows.slice(0, most),
    warnings: [`the newest ${most} were looked at, and there are older ones; --limit 0 looks at all`],
  };
}
