import { getRouteApi, Link } from '@tanstack/react-router';
import { type KeyboardEvent, useRef, useState } from 'react';
import type { ErrorCell, ErrorSummary } from '../../../src/server/error-api.ts';
import { formatCount } from '../format.ts';
import { ChartOrTable } from '../parts/chart-or-table.tsx';
import { ScrollTable } from '../parts/scroll-table.tsx';
import { Mark } from '../parts/state-mark.tsx';
import { text } from '../text.ts';
import { type Matrix, type MatrixCell, matrixOf } from './matrix.ts';

const route = getRouteApi('/errors');
const mostRows = 400;

/** Account × region: one account in many regions and one region in many accounts look different at once. */
export function ErrorMatrix({ summary: { cells, cell_count } }: { summary: ErrorSummary }) {
  const { group = 'account,region' } = route.useSearch();
  const matrix = matrixOf(cells, group);
  const open = cells.filter((cell) => cell.is_open).length;
  return (
    <ChartOrTable
      title={text.errors.groups[group]}
      summary={text.errors.summary(formatCount(open), formatCount(cell_count))}
      chart={<MatrixTable matrix={matrix} />}
      table={<CellTable cells={cells} count={cell_count} />}
    />
  );
}

function MatrixTable({ matrix }: { matrix: Matrix }) {
  const { accounts, regions } = matrix;
  const table = useRef<HTMLTableElement>(null);
  const [focused, setFocused] = useState<readonly [row: number, column: number]>([0, 0]);
  const isFocusable = focusable(matrix, focused);
  const move = (event: KeyboardEvent) => {
    const links = [...(table.current?.querySelectorAll<HTMLAnchorElement>('a[data-at]') ?? [])];
    const places = links.map((link) => (link.dataset.at ?? '').split(' ').map(Number));
    const here = links.findIndex((link) => link.contains(document.activeElement));
    const next = nextPlace(event.key, places, here);
    if (next === undefined) return;
    event.preventDefault();
    const [row = 0, column = 0] = places[next] ?? [];
    setFocused([row, column]);
    links[next]?.focus();
  };
  return (
    <>
      <div className="table-scroll">
        <table ref={table} className="matrix" onKeyDown={move}>
          <thead>
            <tr>
              <th scope="col" className="pinned">
                {text.sources.account}
              </th>
              {regions.map((region) => (
                <th key={region ?? ''} scope="col">
                  {regionWords(region)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {accounts.map((account, row) => (
              <tr key={account ?? ''}>
                <th scope="row" className="pinned">
                  {account ?? text.errors.allAccounts}
                </th>
                {regions.map((region, column) => (
                  <td key={region ?? ''}>
                    <CellLink
                      account={account}
                      region={region}
                      cell={matrix.at(account, region)}
                      at={`${row} ${column}`}
                      isFocusable={isFocusable(row, column)}
                    />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {matrix.left > 0 && <p className="summary">{text.errors.left(formatCount(matrix.left))}</p>}
    </>
  );
}

/** One cell of the matrix is reached by Tab, the others from there by the arrows. */
function focusable(matrix: Matrix, [row, column]: readonly [number, number]): (row: number, column: number) => boolean {
  const has = (at: number, over: number) => matrix.at(matrix.accounts[at], matrix.regions[over]) !== undefined;
  if (has(row, column)) return (at, over) => at === row && over === column;
  for (const [at] of matrix.accounts.entries()) {
    const over = matrix.regions.findIndex((_, each) => has(at, each));
    if (over >= 0) return (each, other) => each === at && other === over;
  }
  return () => false;
}

/** Cells without an error are passed over. */
function nextPlace(key: string, places: readonly (readonly number[])[], here: number): number | undefined {
  const [row = 0, column = 0] = places[here] ?? [];
  if (here < 0) return undefined;
  const found = {
    ArrowRight: here + 1,
    ArrowLeft: here - 1,
    Home: 0,
    End: places.length - 1,
    ArrowDown: places.findIndex(([r = 0, c = 0]) => r > row && c === column),
    ArrowUp: places.findLastIndex(([r = 0, c = 0]) => r < row && c === column),
  }[key];
  return found === undefined || places[found] === undefined ? undefined : found;
}

interface CellLinkProps {
  readonly account: string | undefined;
  readonly region: string | undefined;
  readonly cell: MatrixCell | undefined;
  readonly at: string;
  readonly isFocusable: boolean;
}

function CellLink({ account, region, cell, at, isFocusable }: CellLinkProps) {
  const search = route.useSearch();
  if (cell === undefined) return <span className="missing">·</span>;
  const { account: _, region: __, ...rest } = search;
  const isHere = search.account === account && search.region === region;
  const words = cell.codes.map((code) => text.errorCodes[code]).join(', ');
  return (
    <Link
      to="/errors"
      search={{ ...rest, ...(account && { account }), ...(region && { region }) }}
      className="cell"
      data-at={at}
      tabIndex={isFocusable ? 0 : -1}
      aria-current={isHere ? 'true' : undefined}
      resetScroll={false}
      title={words}
      aria-label={text.errors.cell(
        `${account ?? text.errors.allAccounts} / ${regionWords(region)}`,
        formatCount(cell.times),
        cell.open > 0 ? text.errors.open : text.errors.over,
        words,
      )}
    >
      <Mark tone={toneOf(cell)} word={formatCount(cell.times)} />
    </Link>
  );
}

/** What only has to wait is a triangle, what somebody has to mend a cross, what is over a dash. */
function toneOf({ open, codes }: MatrixCell): 'bad' | 'warn' | 'quiet' {
  if (open === 0) return 'quiet';
  return codes.every((code) => code === 'rate_limited' || code === 'timeout') ? 'warn' : 'bad';
}

function regionWords(region: string | undefined): string {
  return region === undefined || region === '*' ? text.errors.allRegions : region;
}

function CellTable({ cells, count }: { cells: readonly ErrorCell[]; count: number }) {
  const shown = cells.slice(0, mostRows);
  return (
    <>
      <ScrollTable label={text.errors.title}>
        <table>
          <thead>
            <tr>
              <th scope="col" className="pinned">
                {text.sources.account}
              </th>
              <th scope="col">{text.sources.region}</th>
              <th scope="col">{text.runs.state}</th>
              <th scope="col" className="number">
                {text.errors.times}
              </th>
              <th scope="col">{text.errors.causes}</th>
            </tr>
          </thead>
          <tbody>
            {shown.map(({ provider, account, region, times, is_open, codes }) => (
              <tr key={`${provider} ${account} ${region}`}>
                <th scope="row" className="pinned">
                  {account}
                </th>
                <td>{regionWords(region)}</td>
                <td>
                  <Mark tone={is_open ? 'bad' : 'quiet'} word={is_open ? text.errors.open : text.errors.over} />
                </td>
                <td className="number">{formatCount(times)}</td>
                <td>{codes.map((code) => text.errorCodes[code]).join(', ')}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollTable>
      {count > shown.length && <p className="summary">{text.errors.moreRows(formatCount(count - shown.length))}</p>}
    </>
  );
}
