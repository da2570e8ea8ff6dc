import { useNavigate } from '@tanstack/react-router';
import { type KeyboardEvent, type MouseEvent, useEffect, useLayoutEffect, useRef, useState } from 'react';
import type { ServerRow } from '../../../src/server/api.ts';
import type { ServersAsked } from '../api.ts';
import { formatCount, formatMetric } from '../format.ts';
import { characterOf } from '../keys/character.ts';
import { singleKeysAreOn } from '../keys/single-keys.ts';
import { text } from '../text.ts';
import { GridHeader } from './grid-header.tsx';
import { GridRow } from './grid-row.tsx';
import { useListSearch } from './list-search.ts';
import { PeekDrawer } from './peek-drawer.tsx';
import type { ServerColumn } from './server-columns.ts';
import { useDrawnRows } from './use-drawn-rows.ts';
import { usePeek } from './use-peek.ts';
import { rowHeights, useRowWindow } from './use-row-window.ts';
import { useRows } from './use-rows.ts';
import type { Selection } from './use-selection.ts';
import { useSteady } from './use-steady.ts';

interface ServerGridProps {
  readonly shown: ServersAsked;
  readonly total: number;
  readonly columns: readonly ServerColumn[];
  readonly density: keyof typeof rowHeights;
  readonly selection: Selection;
}

/** All rows of the list, of which those in sight are in the page. One of them has the focus, and keeps it as it scrolls away. */
export function ServerGrid({ shown, total, columns, density, selection }: ServerGridProps) {
  const rowHeight = rowHeights[density];
  const { statistic } = useListSearch();
  const box = useRef<HTMLDivElement>(null);
  const { top, first, end, fitting, isScrolling } = useRowWindow(box, total, rowHeight);
  const [active, setActive] = useState(0);
  const at = Math.min(active, Math.max(0, total - 1));
  const rowAt = useRows(shown, total, first, end, at);
  const moves = useFocusMove(box, at);
  const peek = usePeek();
  const stepTo = useStep(at, rowAt, peek);
  const navigate = useNavigate();
  const width = columns.reduce((sum, column) => sum + column.width, 0);
  const template = columns.map(({ width: each }) => `minmax(0, ${each}fr)`).join(' ');

  const moveTo = (row: number) => {
    const next = Math.min(Math.max(0, row), total - 1);
    moves.ask();
    setActive(next);
    scrollTo(box.current, next, rowHeight);
  };
  const look = (index: number) => {
    const row = rowAt(index);
    setActive(index);
    if (row !== undefined) peek.open(row.id);
  };
  const onPeek = useSteady(look);
  const onSelect = useSteady(selection.toggle);
  const onStep = (step: 1 | -1) => {
    const next = Math.min(Math.max(0, at + step), total - 1);
    setActive(next);
    scrollTo(box.current, next, rowHeight);
    stepTo(next);
  };
  const onClose = () => {
    peek.close();
    moveTo(at);
  };
  // Names are plain links, as hundreds that each listen to the router are what scrolling waits for.
  const onClick = (event: MouseEvent) => {
    if (!(event.target instanceof Element) || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    const [, id] = /^\/servers\/(\d+)$/.exec(event.target.closest('a')?.getAttribute('href') ?? '') ?? [];
    if (id === undefined) return;
    event.preventDefault();
    void navigate({ to: '/servers/$id', params: { id } });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.altKey || !(event.target instanceof HTMLElement) || event.target.tagName !== 'TR') return;
    const row = rowAt(at);
    const to = targetOf(event, at, fitting, total);
    if (to !== undefined) moveTo(to);
    else if (event.key === 'Enter' && row !== undefined)
      void navigate({ to: '/servers/$id', params: { id: String(row.id) } });
    else if (event.key === ' ') look(at);
    else if (singleKeysAreOn() && characterOf(event) === 'x' && row !== undefined) selection.toggle(row);
    else if (event.key === 'Escape' && peek.id !== undefined) peek.close();
    else return;
    event.preventDefault();
  };

  const rows = useDrawnRows(first, end, at, isScrolling);
  const place = total === 0 ? 0 : top + 1;
  return (
    <div className="grid-frame">
      <div ref={box} className={`grid-scroll ${density}`} data-scroll-restoration-id="servers">
        <table
          // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: keys lead from row to row, as in any grid
          role="grid"
          aria-label={text.table.caption}
          aria-multiselectable="true"
          aria-rowcount={total + 1}
          aria-colcount={columns.length}
          style={{ minWidth: width }}
          onKeyDown={onKeyDown}
          onClick={onClick}
        >
          <GridHeader columns={columns} template={template} />
          <tbody className="grid-rows" style={{ height: total * rowHeight }}>
            {rows.map(({ key, index }) => (
              <GridRow
                key={key}
                index={index}
                row={rowAt(index)}
                columns={columns}
                template={template}
                statistic={statistic}
                height={rowHeight}
                isActive={index === at}
                isPeeked={peek.id !== undefined && String(rowAt(index)?.id) === peek.id}
                onFocus={setActive}
                onPeek={onPeek}
                isSelected={selection.rows.has(rowAt(index)?.id ?? 0)}
                onSelect={onSelect}
              />
            ))}
          </tbody>
        </table>
      </div>
      {isScrolling && total > fitting && (
        <p className="grid-says" aria-hidden="true">
          {text.list.row(formatCount(place))}
          {sayingOf(rowAt(top), shown.sort, columns)}
        </p>
      )}
      <p className="grid-place">
        {text.list.rows(formatCount(place), formatCount(Math.min(total, top + fitting)), formatCount(total))}
      </p>
      {peek.id !== undefined && <PeekDrawer id={peek.id} onClose={onClose} onStep={onStep} />}
    </div>
  );
}

/** Shows the server of a row as soon as the row is there. */
function useStep(
  at: number,
  rowAt: (index: number) => ServerRow | undefined,
  peek: ReturnType<typeof usePeek>,
): (index: number) => void {
  const [wanted, setWanted] = useState<number>();
  const row = wanted === at ? rowAt(wanted) : undefined;
  useEffect(() => {
    if (row === undefined) return;
    setWanted(undefined);
    if (peek.id !== undefined) peek.open(row.id);
  }, [row, peek]);
  return setWanted;
}

/** Where a key leads from a row. */
function targetOf(event: KeyboardEvent, at: number, fitting: number, total: number): number | undefined {
  const letter = singleKeysAreOn() ? characterOf(event) : undefined;
  if (event.key === 'ArrowDown' || letter === 'j') return at + 1;
  if (event.key === 'ArrowUp' || letter === 'k') return at - 1;
  if (event.key === 'PageDown') return at + fitting;
  if (event.key === 'PageUp') return at - fitting;
  if (event.key === 'Home') return 0;
  if (event.key === 'End') return total - 1;
  return undefined;
}

/** Gives the row the focus once it is in the page. */
function useFocusMove(box: React.RefObject<HTMLDivElement | null>, at: number): { ask(): void } {
  const isAsked = useRef(false);
  useLayoutEffect(() => {
    if (!isAsked.current) return;
    const row = box.current?.querySelector<HTMLElement>(`[aria-rowindex="${at + 2}"]`);
    if (row === null || row === undefined) return;
    isAsked.current = false;
    row.focus({ preventScroll: true });
  });
  return {
    ask: () => {
      isAsked.current = true;
    },
  };
}

/** So far that a row is whole, below the header. */
function scrollTo(box: HTMLDivElement | null, row: number, rowHeight: number): void {
  if (box === null) return;
  const [above, below] = [row * rowHeight, (row + 2) * rowHeight - box.clientHeight];
  if (box.scrollTop > above) box.scrollTop = above;
  else if (box.scrollTop < below) box.scrollTop = below;
}

/** ` · CPU 31 %`, of what the list is sorted by. */
function sayingOf(row: ServerRow | undefined, sort: string, columns: readonly ServerColumn[]): string {
  const by = sort.replace(/^-/, '');
  const column = columns.find((each) => each.sort === by);
  if (row === undefined || column === undefined) return '';
  if (column.metric === undefined) return ` · ${row.name || row.resource_id}`;
  const statistic = by.slice(by.lastIndexOf('.') + 1);
  const values: Readonly<Record<string, number | undefined>> = row.values[column.metric] ?? {};
  const value = values[statistic];
  return ` · ${column.label} ${value === undefined ? '–' : formatMetric(column.metric, value)}`;
}
