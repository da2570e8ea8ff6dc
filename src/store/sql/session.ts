import type { Expression, Kysely, RawBuilder } from 'kysely';
import type { StoredRecord } from '../inventory.ts';
import type { Comparison, Path } from '../query/condition.ts';
import type { Tables } from './tables.ts';

/** What the queries that both databases share run on: the database when it is free, or a transaction that has it. */
export interface SqlSession {
  readonly db: Kysely<Tables>;
  readonly dialect: SqlDialect;
  /** Joins the transaction that this session is part of, or begins one. */
  transaction<T>(work: (tx: SqlSession) => Promise<T>): Promise<T>;
}

/** What the databases say differently. */
export interface SqlDialect {
  /**
   * Whether the database keeps narrow rows beside those of `resource`: `resource_value` with what is measured, `resource_text` with
   * what is searched, and `resource_class` with the sets of texts that both name by a number; `resource_counted` is the first and
   * the last of these.
   */
  readonly hasNarrowRows: boolean;
  /** Above every account id that was ever used: a sealed secret must not fit the account that takes a removed one's place. */
  nextAccountId(db: Kysely<Tables>): Promise<number>;
  /** Whether a text matches a LIKE pattern, in any case; `\` escapes. */
  like(text: Expression<unknown>, pattern: string): RawBuilder<boolean>;
  /** The same of a text in small letters. */
  likeLower(text: Expression<unknown>, pattern: string): RawBuilder<boolean>;
  /** Whether a text has a match of a regular expression, in any case. */
  matches(text: Expression<unknown>, pattern: string): RawBuilder<boolean>;
  /** A comparison that no column answers, on the record of the row of `resource`. */
  fits(comparison: Comparison): RawBuilder<boolean>;
  /** The value of a tag of the row of `resource`; undefined for a name that the database cannot look up. */
  tag(name: string): RawBuilder<unknown> | undefined;
  /** What orders rows of `resource` by a path of their records: numbers before texts. */
  sortKeys(path: Path): readonly RawBuilder<unknown>[];
  /** The ids of a query, in its order, as a JSON text. */
  readonly idList: RawBuilder<string>;
  /** The records of these ids, in this order; those that are gone are left out. */
  recordsOf(db: Kysely<Tables>, ids: readonly number[]): Promise<StoredRecord[]>;
}
