import { type KeyboardEvent, type PointerEvent, useState } from 'react';
import type { SourceRow } from '../../../src/server/source-api.ts';
import { cellWords, nameOf, type StripTimes, sentenceOf } from './source-words.ts';

interface SourceStripProps {
  readonly source: SourceRow;
  readonly times: StripTimes;
}

const height = 24;
/** Cells with a failed call have a mark above the bars, so that colour is not needed to see them. */
const markHeight = 4;
const page = 4;

/** The last 24 hours, a bar a quarter of an hour; arrow keys and the pointer read the cells. */
export function SourceStrip({ source, times }: SourceStripProps) {
  const [pointed, setPointed] = useState<number>();
  const { calls, failed } = source.cells;
  const most = Math.max(1, ...calls);
  const move = (event: KeyboardEvent) => {
    const next = stepOf(event.key, pointed ?? calls.length - 1, calls.length);
    if (next === undefined) return;
    event.preventDefault();
    setPointed(next);
  };
  const point = ({ clientX, currentTarget }: PointerEvent) => {
    const { left, width } = currentTarget.getBoundingClientRect();
    setPointed(Math.min(calls.length - 1, Math.max(0, Math.floor(((clientX - left) / width) * calls.length))));
  };
  return (
    <div className="source-strip">
      <svg
        // biome-ignore lint/a11y/noNoninteractiveTabindex: arrow keys move the cursor of the chart
        tabIndex={0}
        role="img"
        aria-label={`${nameOf(source)}: ${sentenceOf(source)}`}
        viewBox={`0 0 ${calls.length} ${height}`}
        preserveAspectRatio="none"
        onPointerMove={point}
        onPointerLeave={() => setPointed(undefined)}
        onKeyDown={move}
        onBlur={() => setPointed(undefined)}
      >
        <rect className="ground" y={height - 1} width={calls.length} height="1" />
        {pointed !== undefined && <rect className="cursor" x={pointed} width="1" height={height} />}
        {calls.map((count, at) => (
          <CellBar key={timeKey(at)} at={at} calls={count} failed={failed[at] ?? 0} most={most} />
        ))}
      </svg>
      {pointed !== undefined && (
        <output className="readout">
          <small>{cellWords(times, source, pointed)}</small>
        </output>
      )}
    </div>
  );
}

function CellBar({ at, calls, failed, most }: { at: number; calls: number; failed: number; most: number }) {
  if (calls === 0) return null;
  // One call among thousands is still to be seen.
  const bar = Math.max(2, (calls / most) * (height - markHeight - 1));
  const part = failed === 0 ? 0 : Math.max(1.5, (failed / calls) * bar);
  return (
    <>
      <rect className="bar" x={at + 0.1} y={height - bar} width="0.8" height={bar} />
      {part > 0 && <rect className="failed" x={at + 0.1} y={height - bar} width="0.8" height={part} />}
      {part > 0 && <rect className="failed" x={at} width="1" height={markHeight - 1.5} />}
    </>
  );
}

function timeKey(at: number): string {
  return `cell ${at}`;
}

function stepOf(key: string, from: number, length: number): number | undefined {
  const steps: Readonly<Record<string, number>> = {
    ArrowLeft: from - 1,
    ArrowRight: from + 1,
    PageUp: from - page,
    PageDown: from + page,
    Home: 0,
    End: length - 1,
  };
  const next = steps[key];
  return next === undefined ? undefined : Math.min(length - 1, Math.max(0, next));
}
