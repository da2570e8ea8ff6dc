import type { JsonObject } from '#wire/struct/json.ts';
import { text } from '../json.ts';
import { valueAt } from './dotted-path.ts';
import { page, type Query, type Selection, select, shaped, type TableRules } from './query.ts';

const keptAnswers = 8;

/** The rows of one kind on a platform, in memory. A row is replaced, never changed. */
export class Table {
  readonly rules: TableRules;
  readonly #seed: number;
  readonly #clock: () => number;
  readonly #rows = new Map<string, JsonObject>();
  readonly #ids = new Map<string, Set<string>>();
  readonly #answers = new Map<string, readonly JsonObject[]>();
  #turn = 0;

  /** @param clock epoch milliseconds */
  constructor(rules: TableRules, clock: () => number, seed: number) {
    this.rules = rules;
    this.#clock = clock;
    this.#seed = seed;
  }

  put(row: JsonObject): void {
    const id = text(row[this.rules.idKey]);
    const before = this.#rows.get(id);
    if (before !== undefined) this.#ids.get(referenceOf(before))?.delete(id);
    this.#rows.set(id, row);
    const reference = referenceOf(row);
    this.#ids.set(reference, (this.#ids.get(reference) ?? new Set()).add(id));
    this.#answers.clear();
  }

  get(id: string): JsonObject | undefined {
    return this.#rows.get(id);
  }

  /** All rows, the deleted ones too, in the order of their creation. */
  rows(): readonly JsonObject[] {
    return [...this.#rows.values()];
  }

  /** Rows whose `reference.resource_id` is this one. */
  referring(resourceId: string): readonly JsonObject[] {
    return [...(this.#ids.get(resourceId) ?? [])].map((id) => this.#rows.get(id)).filter((row) => row !== undefined);
  }

  /** @throws CollectError for a filter that cannot be */
  query(query: Query): Selection {
    const found = this.#found(query);
    return {
      rows: query.countOnly ? [] : page(found, query).map(shaped(query, this.rules)),
      total: found.length,
    };
  }

  /** Pages of one sorted list are cut from one piece, as an index would have it. */
  #found(query: Query): readonly JsonObject[] {
    const { filter, filterOr, sort } = query;
    const unique = this.rules.tieBreak || sort.some((each) => each.key === this.rules.idKey);
    const repeatable = sort.length > 0 && unique && !timed(query);
    const key = JSON.stringify([filter, filterOr, sort]);
    const known = repeatable ? this.#answers.get(key) : undefined;
    if (known !== undefined) return known;
    const found = select(query, {
      rules: this.rules,
      rows: this.rows(),
      now: this.#clock(),
      turn: this.#turn++,
      seed: this.#seed,
    });
    if (repeatable) {
      if (this.#answers.size >= keptAnswers) this.#answers.clear();
      this.#answers.set(key, found);
    }
    return found;
  }
}

function referenceOf(row: JsonObject): string {
  return text(valueAt(row, 'reference.resource_id'));
}

function timed({ filter, filterOr }: Query): boolean {
  return [...filter, ...filterOr].some(({ operator }) => operator.startsWith('timediff'));
}
