import { knownTypes } from '#providers/registry.ts';
import { facets, type RecordOrder, type RecordQuery } from '#store/inventory.ts';
import type { Condition } from '#store/query/condition.ts';
import { conditionOfType } from '#store/query/resource-type.ts';
import { conditionOfText } from '#store/query/text.ts';
import type { Store } from '#store/store.ts';

/** Rows that a screen of the console asks for at once. */
const screen = 100;
/** Of an order that somebody may scroll through: see `server-views.ts`. */
const headRows = 2_000;
const jobsAtOnce = 50;
const byCpu: RecordOrder = { path: ['data', 'monitoring', 'cpu', 'utilization', 'avg'], descending: true };

/** What the console asks most, as its routes ask the store. */
export async function consoleQueries(store: Store): Promise<Readonly<Record<string, () => Promise<unknown>>>> {
  const { inventory } = store;
  const ofType = conditionOfType('server', await knownTypes());
  const filterOf = (q?: string): { condition: Condition } => ({
    condition: q === undefined ? ofType : { all: [ofType, conditionOfText(q)] },
  });
  const page = (q: string | undefined, query: Partial<RecordQuery> = {}) =>
    inventory.list({ limit: screen, sort: { by: 'cpuAvg', descending: true }, ...query, filter: filterOf(q) });
  return {
    'servers by cpu': () => page(undefined),
    'any row, by cpu': async () => {
      const { ids } = await inventory.head(byCpu, headRows, filterOf());
      return inventory.records(ids.slice(0, screen));
    },
    'provider:aws': () => page('provider:aws'),
    'a word': () => page('web-77'),
    'facets and quantiles': async () => {
      await inventory.tally(facets, filterOf());
      return inventory.cpuQuantiles('avg', [50, 90], filterOf());
    },
    'tag.team:payments': () => page('tag.team:payments'),
    'count of cpu.avg:<5': () => inventory.count(filterOf('cpu.avg:<5')),
    coverage: () => inventory.coverage(filterOf()),
    'rightsizing, a page': () => page(undefined, { sort: { by: 'id' } }),
    'jobs, a page': () => store.jobs.list({ limit: jobsAtOnce }),
    'sums and histogram': () => inventory.summary(filterOf()),
  };
}
