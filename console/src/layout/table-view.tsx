import { useId, useMemo, useState } from 'react';
import { formatCount } from '../format.ts';
import { ScrollTable } from '../parts/scroll-table.tsx';
import { text } from '../text.ts';
import { useOptional } from './field-list.tsx';
import { FieldValue } from './field-value.tsx';
import { fieldName } from './names.ts';
import type { Field } from './read-field.ts';
import type { TableLayout } from './read-layout.ts';
import { columnsOf, matchingRows, rowsOf, sortedRows } from './table-rows.ts';
import { own, pathOf, textOf } from './value-path.ts';

interface TableViewProps {
  readonly name: string;
  readonly layout: TableLayout;
  readonly data: unknown;
}

const pageRows = 50;
/** Fewer are seen at a glance. */
const searchedFrom = 10;

/** The items of a list as rows: sorted, searched and paged here, as the whole of it came with the record. */
export function TableView({ name, layout, data }: TableViewProps) {
  const [query, setQuery] = useState('');
  const [sort, setSort] = useState(layout.sort);
  const [from, setFrom] = useState(0);
  const all = useMemo(() => rowsOf(layout, data), [layout, data]);
  const isSearched = layout.hasSearch && all.length >= searchedFrom;
  const fields = layout.fields.length > 0 ? layout.fields : columnsOf(all, text.layout.value);
  const { shown, toggle } = useOptional(fields);
  const rows = useMemo(() => {
    const found = isSearched ? matchingRows(all, fields, query) : all;
    const column = fields.find((field) => sortKeyOf(field) === sort?.key);
    return sort === undefined ? found : sortedRows(found, sortPathOf(column, sort.key), sort.isDescending);
  }, [all, fields, isSearched, query, sort]);
  const first = from < rows.length ? from : 0;
  return (
    <>
      <div className="table-tools">
        {isSearched && (
          <input
            type="search"
            value={query}
            aria-label={text.layout.search(name)}
            placeholder={text.layout.search(name)}
            onChange={(event) => setQuery(event.target.value)}
          />
        )}
        <p role="status">
          {rows.length > 0
            ? text.layout.rows(formatCount(rows.length))
            : all.length > 0
              ? text.layout.noMatch
              : text.layout.noRows}
        </p>
        {toggle}
      </div>
      {rows.length > 0 && (
        <ScrollTable label={name || text.layout.rows(formatCount(rows.length))}>
          <table className="layout-table">
            <thead>
              <tr>
                {shown.map((field, at) => (
                  <Header key={at} field={field} sort={sort} onSort={setSort} />
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.slice(first, first + pageRows).map((row, at) => (
                <Row key={first + at} row={row} fields={shown} />
              ))}
            </tbody>
          </table>
        </ScrollTable>
      )}
      {rows.length > pageRows && <Pages name={name} from={first} total={rows.length} onTurn={setFrom} />}
    </>
  );
}

type Sort = TableLayout['sort'];

interface HeaderProps {
  readonly field: Field;
  readonly sort: Sort;
  readonly onSort: (sort: Sort) => void;
}

function Header({ field, sort, onSort }: HeaderProps) {
  const name = fieldName(field);
  const key = sortKeyOf(field);
  const description = textOf(own(field.options, 'field_description'));
  const isSorted = sort?.key === key;
  const label = (
    <>
      {name}
      {description !== undefined && <small> {description}</small>}
    </>
  );
  if (own(field.options, 'sortable') === false) return <th scope="col">{label}</th>;
  const order = !isSorted ? 'none' : sort?.isDescending === true ? 'descending' : 'ascending';
  return (
    <th scope="col" aria-sort={order}>
      <button
        type="button"
        className="sort"
        onClick={() => onSort({ key, isDescending: isSorted && sort?.isDescending !== true })}
      >
        {label}
        <span aria-hidden="true">{{ none: '', ascending: ' ▴', descending: ' ▾' }[order]}</span>
      </button>
    </th>
  );
}

function Row({ row, fields }: { row: unknown; fields: readonly Field[] }) {
  return (
    <tr>
      {fields.map((field, at) => (
        <td key={at}>
          <FieldValue field={field} data={row} />
        </td>
      ))}
    </tr>
  );
}

interface PagesProps {
  readonly name: string;
  readonly from: number;
  readonly total: number;
  readonly onTurn: (from: number) => void;
}

function Pages({ name, from, total, onTurn }: PagesProps) {
  const id = useId();
  const to = Math.min(total, from + pageRows);
  return (
    <fieldset className="pages" aria-describedby={id}>
      <legend className="unseen">{text.layout.paging(name)}</legend>
      <button type="button" disabled={from === 0} onClick={() => onTurn(Math.max(0, from - pageRows))}>
        {text.layout.previous}
      </button>
      <button type="button" disabled={to === total} onClick={() => onTurn(to)}>
        {text.layout.next}
      </button>
      <span id={id}>{text.layout.rowsFrom(formatCount(from + 1), formatCount(to), formatCount(total))}</span>
    </fieldset>
  );
}

/** What a column is sorted by: what the layout says, else what it shows. */
function sortKeyOf({ path, options }: Field): string {
  return textOf(own(options, 'sort_key')) ?? path.join('.');
}

function sortPathOf(column: Field | undefined, key: string): readonly string[] {
  return column === undefined || own(column.options, 'sort_key') !== undefined ? pathOf(key) : column.path;
}
