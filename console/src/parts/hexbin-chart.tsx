import { type KeyboardEvent, type MouseEvent, type PointerEvent, useId, useMemo, useRef, useState } from 'react';
import type { ServerBins } from '../../../src/server/server-bins-api.ts';
import { formatCount } from '../format.ts';
import { text } from '../text.ts';
import {
  type Cell,
  cellAt,
  centreOf,
  frameOf,
  hexagonAt,
  nextCell,
  type PercentRange,
  percentAt,
  rangeOf,
  rangesOf,
} from './hexbin-geometry.ts';
import { logSteps, toneOf } from './log-steps.ts';
import { closedTerm, formatRange, keyLabel } from './percent-keys.ts';

interface HexbinChartProps {
  /** With one hexagon at least. */
  readonly bins: ServerBins;
  /** Terms that the query is to be narrowed by: `cpu.avg:1.4..4.2 cpu.max:5..9.6`. */
  readonly onNarrow: (terms: string) => void;
}

/** Hexagons in which servers are, darker where there are more. Arrow keys lead from one to the next; Enter, a click or a drawn box narrow. */
export function HexbinChart({ bins, onNarrow }: HexbinChartProps) {
  const cells = useMemo(() => bins.bins.map(([column, row, servers]) => ({ column, row, servers })), [bins]);
  const fullest = cells.reduce((most, each) => (each.servers > most.servers ? each : most), noCell);
  const [chosen, setChosen] = useState<Cell>();
  const active = cells.find((each) => isSame(each, chosen)) ?? fullest;
  const narrow = (ranges: { readonly x: PercentRange; readonly y: PercentRange }) =>
    onNarrow(`${closedTerm(bins.x, ranges.x)} ${closedTerm(bins.y, ranges.y)}`);
  const box = useBoxDrawing(bins, narrow);
  const id = useId();

  const cellUnder = (event: MouseEvent) => {
    const under = cellAt(bins, ...placeIn(event, bins));
    return cells.find((each) => isSame(each, under));
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const next = nextCell(cells, active, event.key);
    if (next !== undefined) setChosen(next);
    else if (event.key === 'Enter') narrow(rangesOf(bins, active));
    else return;
    event.preventDefault();
  };
  const onClick = (event: MouseEvent) => {
    const cell = cellUnder(event);
    if (!box.wasDrawn() && cell !== undefined) narrow(rangesOf(bins, cell));
  };
  const onPointerMove = (event: PointerEvent<HTMLElement>) => {
    box.move(event);
    const cell = cellUnder(event);
    if (cell !== undefined && !isSame(cell, chosen)) setChosen(cell);
  };

  return (
    <figure className="hexbin">
      <p className="axis-y" aria-hidden="true">
        <span>0 %</span>
        <span>{keyLabel(bins.y)}</span>
        <span>100 %</span>
      </p>
      <div className="hexbin-plot">
        <div
          role="listbox"
          tabIndex={0}
          aria-label={text.hexbin.cells(keyLabel(bins.x), keyLabel(bins.y))}
          aria-activedescendant={`${id}-${active.column}-${active.row}`}
          onKeyDown={onKeyDown}
          onClick={onClick}
          onPointerDown={box.begin}
          onPointerMove={onPointerMove}
          onPointerUp={box.end}
          onPointerCancel={box.leave}
        >
          <Drawing bins={bins} cells={cells} active={active} />
          <div
            role="option"
            className="unseen"
            id={`${id}-${active.column}-${active.row}`}
            aria-selected="true"
            aria-setsize={cells.length}
            aria-posinset={cells.indexOf(active) + 1}
            tabIndex={-1}
          >
            {saying(bins, active)}
          </div>
          {box.drawn !== undefined && <i className="drawn-box" style={box.drawn} />}
        </div>
      </div>
      <p className="axis-x" aria-hidden="true">
        <span>0 %</span>
        <span>{keyLabel(bins.x)}</span>
        <span>100 %</span>
      </p>
      <figcaption aria-hidden="true">{saying(bins, active)}</figcaption>
    </figure>
  );
}

const noCell: Cell = { column: 0, row: 0, servers: 0 };

function isSame(one: Cell, other: Pick<Cell, 'column' | 'row'> | undefined): boolean {
  return one.column === other?.column && one.row === other.row;
}

function saying(bins: ServerBins, cell: Cell): string {
  const { x, y } = rangesOf(bins, cell);
  const places = [`${keyLabel(bins.x)} ${formatRange(x)}`, `${keyLabel(bins.y)} ${formatRange(y)}`] as const;
  return text.hexbin.cell(...places, formatCount(cell.servers));
}

interface DrawingProps {
  readonly bins: ServerBins;
  readonly cells: readonly Cell[];
  readonly active: Cell;
}

/** One path for all hexagons of a colour. */
function Drawing({ bins, cells, active }: DrawingProps) {
  const frame = frameOf(bins);
  const tones = useMemo(() => {
    const steps = logSteps(Math.max(1, ...cells.map(({ servers }) => servers)));
    return [...Map.groupBy(cells, ({ servers }) => toneOf(servers, steps))].map(([tone, same]) => ({
      tone,
      path: same.map((cell) => pathOf(bins, cell)).join(''),
    }));
  }, [bins, cells]);
  const across = (percent: number | null) => frame.left + ((percent ?? 100) / 100) * frame.inX;
  const up = (percent: number | null) => frame.top + frame.inY - ((percent ?? 100) / 100) * frame.inY;
  return (
    <>
      <svg viewBox={`0 0 ${frame.width} ${frame.height}`} aria-hidden="true">
        <path className="axes" d={`M${frame.left} ${frame.top}v${frame.inY}h${frame.inX}`} />
        {tones.map(({ tone, path }) => (
          <path key={tone} className={`tone-${tone}`} d={path} />
        ))}
        {bins.corners.map(({ name, x, y }) => (
          <path
            key={name}
            className="corner"
            d={`M${across(x.from)} ${up(y.from)}H${across(x.to)}V${up(y.to)}H${across(x.from)}z`}
          />
        ))}
        <path className="cursor" d={pathOf(bins, active)} />
      </svg>
      {bins.corners.map(({ name, x, y }) => (
        <b
          key={name}
          className="corner-name"
          aria-hidden="true"
          style={
            // Beside the idle corner, which is no taller than a word; within the others.
            name === 'idle'
              ? { left: share(across(x.to) + 6, frame.width), top: share(up(y.to), frame.height) }
              : { left: share(across(x.from) + 6, frame.width), top: share(up(y.to) + 4, frame.height) }
          }
        >
          {text.hexbin.corners[name]}
        </b>
      ))}
    </>
  );
}

function pathOf(bins: ServerBins, cell: Cell): string {
  const { x, y } = centreOf(bins, cell);
  return hexagonAt(x, y);
}

function share(part: number, whole: number): string {
  return `${((part / whole) * 100).toFixed(2)}%`;
}

/** Where the pointer is, in units of the drawing. */
function placeIn({ clientX, clientY, currentTarget }: MouseEvent, bins: ServerBins): [number, number] {
  const { left, top, width, height } = currentTarget.getBoundingClientRect();
  const frame = frameOf(bins);
  return [((clientX - left) / width) * frame.width, ((clientY - top) / height) * frame.height];
}

/** Less than this is a click, in pixels. */
const shortest = 6;

interface Box {
  readonly from: readonly [number, number];
  readonly to: readonly [number, number];
}

/** A box drawn with a mouse or pen; fingers scroll the page. */
function useBoxDrawing(bins: ServerBins, onDrawn: (ranges: { x: PercentRange; y: PercentRange }) => void) {
  const start = useRef<{ readonly place: readonly [number, number]; readonly at: readonly [number, number] }>(
    undefined,
  );
  const wasDrawn = useRef(false);
  /** As the pointer has drawn it; the one on the screen follows. */
  const latest = useRef<Box>(undefined);
  const [box, setBox] = useState<Box>();
  const frame = frameOf(bins);
  const draw = (next: Box | undefined) => {
    latest.current = next;
    setBox(next);
  };
  const leave = () => {
    start.current = undefined;
    draw(undefined);
  };
  return {
    begin: (event: PointerEvent<HTMLElement>) => {
      wasDrawn.current = false;
      if (event.pointerType === 'touch' || event.button !== 0) return;
      start.current = { place: placeIn(event, bins), at: [event.clientX, event.clientY] };
    },
    move: (event: PointerEvent<HTMLElement>) => {
      if (start.current === undefined) return;
      const [x, y] = start.current.at;
      if (latest.current === undefined && Math.hypot(event.clientX - x, event.clientY - y) < shortest) return;
      event.currentTarget.setPointerCapture(event.pointerId);
      draw({ from: start.current.place, to: placeIn(event, bins) });
    },
    end: () => {
      const drawn = latest.current;
      if (drawn !== undefined) {
        wasDrawn.current = true;
        const [one, other] = [percentAt(bins, ...drawn.from), percentAt(bins, ...drawn.to)];
        onDrawn({ x: between(one.x, other.x), y: between(one.y, other.y) });
      }
      leave();
    },
    leave,
    wasDrawn: () => wasDrawn.current,
    drawn: box && {
      left: share(Math.min(box.from[0], box.to[0]), frame.width),
      top: share(Math.min(box.from[1], box.to[1]), frame.height),
      width: share(Math.abs(box.from[0] - box.to[0]), frame.width),
      height: share(Math.abs(box.from[1] - box.to[1]), frame.height),
    },
  };
}

function between(one: number, other: number): PercentRange {
  return rangeOf(Math.min(one, other), Math.max(one, other));
}
