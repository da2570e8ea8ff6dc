import { KqlError } from './kql-error.ts';
import { type Columns, type Expression, readExpression, TokenReader } from './kql-expression.ts';
import { tokenise } from './kql-tokens.ts';
import { compareValues, type Row, textOf } from './kql-values.ts';

/** A query on the table `resources`, read and ready to run. */
export interface KqlQuery {
  /** Whether a row of the table passes every `where` that the query begins with. */
  readonly admits: (row: Row) => boolean;
  /** Runs the rest of the query over rows that were admitted. @param drawn the order of rows that the query does not order */
  readonly run: (rows: readonly Row[], drawn: (place: number) => number) => readonly Row[];
  /** Columns of the result, in order. */
  readonly columns: Columns;
  /** A result with `take` in its query, or of dynamic columns only, has no second page. */
  readonly pageable: boolean;
  /** Whether the result's order is decided by the query: by `id`, which no two rows share. */
  readonly ordered: boolean;
}

type Run = KqlQuery['run'];

/** One operator behind a `|`: what it makes of the rows, and of the columns. */
interface Stage {
  readonly run: Run;
  readonly columns: Columns;
  readonly kind: 'where' | 'order by id' | 'take' | 'other';
}

/**
 * Reads the part of KQL that discovery uses: `resources | where … | extend … | project … | order by … | take … |
 * summarize count() by …`.
 *
 * @throws KqlError
 */
export function readKql(text: string, table: Columns): KqlQuery {
  const reader = new TokenReader(tokenise(text));
  const stages: Stage[] = [];
  if (reader.is('where')) stages.push(readStage(reader, table));
  else reader.expect('resources');
  while (reader.take('|')) stages.push(readStage(reader, stages.at(-1)?.columns ?? table));
  reader.expectKind('end');
  return assemble(stages, table);
}

function assemble(stages: readonly Stage[], table: Columns): KqlQuery {
  const rest = stages.findIndex(({ kind }) => kind !== 'where');
  const begin = rest < 0 ? stages : stages.slice(0, rest);
  const end = rest < 0 ? [] : stages.slice(rest);
  const columns = stages.at(-1)?.columns ?? table;
  return {
    admits: (row) => begin.every(({ run }) => run([row], Number).length > 0),
    run: (rows, drawn) => end.reduce((left, { run }) => run(left, drawn), rows),
    columns,
    pageable: !stages.some(({ kind }) => kind === 'take') && [...columns.values()].some(({ dynamic }) => !dynamic),
    ordered: stages.some(({ kind }) => kind === 'order by id'),
  };
}

function readStage(reader: TokenReader, columns: Columns): Stage {
  const { value, at } = reader.expectKind('name');
  switch (value.toLowerCase()) {
    case 'where': {
      const { valueIn } = readExpression(reader, columns);
      return { kind: 'where', columns, run: (rows) => rows.filter((row) => valueIn(row) === true) };
    }
    case 'extend':
      return extend(readAssignments(reader, columns), columns);
    case 'project':
      return project(readAssignments(reader, columns));
    case 'order':
    case 'sort':
      return readOrder(reader, columns);
    case 'take':
    case 'limit': {
      const count = Number(reader.expectKind('number').value);
      return { kind: 'take', columns, run: (rows) => rows.slice(0, count) };
    }
    case 'summarize':
      return readSummarize(reader, columns);
    default:
      throw new KqlError('InvalidQueryLanguage', value, at);
  }
}

interface Assignment {
  readonly name: string;
  readonly expression: Expression;
}

/** `name = expression`, or an expression that has a name of its own, with commas between. */
function readAssignments(reader: TokenReader, columns: Columns): readonly Assignment[] {
  const assignments: Assignment[] = [];
  do {
    const given = reader.current.kind === 'name' && reader.isFollowedBy('=') ? reader.expectKind('name').value : '';
    if (given !== '') reader.expect('=');
    const expression = readExpression(reader, columns);
    assignments.push({ expression, name: given || expression.name || `Column${assignments.length + 1}` });
  } while (reader.take(','));
  return assignments;
}

function extend(assignments: readonly Assignment[], columns: Columns): Stage {
  const added = new Map(assignments.map(({ name, expression }) => [name, expression]));
  return {
    kind: 'other',
    columns: new Map([...columns, ...added]),
    run: (rows) =>
      rows.map((row) => (column) => {
        const expression = added.get(column);
        return expression === undefined ? row(column) : expression.valueIn(row);
      }),
  };
}

function project(assignments: readonly Assignment[]): Stage {
  const kept = new Map(assignments.map(({ name, expression }) => [name, expression]));
  const run: Run = (rows) => rows.map((row) => (column) => kept.get(column)?.valueIn(row));
  return { kind: 'other', columns: kept, run };
}

interface Key extends Expression {
  readonly descending: boolean;
}

/** `by key [asc|desc], …`: descending unless told otherwise, as KQL has it. Equal rows come as they are drawn. */
function readOrder(reader: TokenReader, columns: Columns): Stage {
  reader.expect('by');
  const keys: Key[] = [];
  do {
    const expression = readExpression(reader, columns);
    const ascending = reader.take('asc');
    if (!ascending) reader.take('desc');
    keys.push({ ...expression, descending: !ascending });
  } while (reader.take(','));
  const byId = keys.some(({ column, name }) => column && name === 'id');
  return { kind: byId ? 'order by id' : 'other', columns, run: (rows, drawn) => inOrder(rows, keys, drawn) };
}

function inOrder(rows: readonly Row[], keys: readonly Key[], drawn: (place: number) => number): readonly Row[] {
  const keyed = rows.map((row, place) => ({ row, place, values: keys.map(({ valueIn }) => valueIn(row)) }));
  keyed.sort((a, b) => {
    for (const [i, { descending }] of keys.entries()) {
      const order = compareValues(a.values[i], b.values[i]);
      if (order !== 0) return descending ? -order : order;
    }
    return drawn(a.place) - drawn(b.place);
  });
  return keyed.map(({ row }) => row);
}

/** `[name =] count() by column, …`. */
function readSummarize(reader: TokenReader, columns: Columns): Stage {
  const given = reader.isFollowedBy('=') ? reader.expectKind('name').value : 'count_';
  reader.take('=');
  reader.expect('count');
  reader.expect('(');
  reader.expect(')');
  const by = reader.take('by') ? readAssignments(reader, columns) : [];
  const run: Run = (rows) => {
    const groups = Map.groupBy(rows, (row) =>
      JSON.stringify(by.map(({ expression }) => textOf(expression.valueIn(row)))),
    );
    return [...groups.values()].map((group) => {
      const [first] = group;
      const values = new Map<string, unknown>(
        by.map(({ name, expression }) => [name, first && expression.valueIn(first)]),
      );
      values.set(given, group.length);
      return (column) => values.get(column);
    });
  };
  const after = new Map<string, { readonly dynamic: boolean }>(by.map(({ name, expression }) => [name, expression]));
  after.set(given, { dynamic: false });
  return { kind: 'other', columns: after, run };
}
