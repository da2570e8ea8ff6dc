import { type RefObject, useEffect, useState } from 'react';
import { flushSync } from 'react-dom';

/** Of every row, in pixels; the style sheet says the same. */
export const rowHeights = { usual: 36, compact: 28 } as const;
/** Rows drawn beyond both edges, for the moment until the next ones are. */
const overscan = 5;
const mostRows = 44;

interface RowWindow {
  readonly first: number;
  /** Behind the last one. */
  readonly end: number;
  /** Rows that fit between the header and the lower edge. */
  readonly fitting: number;
  readonly isScrolling: boolean;
}

const restMs = 700;

/** Which rows of a scrolled box are to be drawn: a fixed height makes that a division. */
export function useRowWindow(
  box: RefObject<HTMLDivElement | null>,
  rows: number,
  rowHeight: number,
): RowWindow & { readonly top: number } {
  const [{ top, height }, setPlace] = useState({ top: 0, height: 600 });
  const [isScrolling, setIsScrolling] = useState(false);
  useEffect(() => {
    const element = box.current;
    if (element === null) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const look = () => {
      const place = { top: Math.floor(element.scrollTop / rowHeight), height: element.clientHeight };
      setPlace((before) => (before.top === place.top && before.height === place.height ? before : place));
    };
    const onScroll = () => {
      clearTimeout(timer);
      timer = setTimeout(() => setIsScrolling(false), restMs);
      // In the frame that shows the scrolled box, not in the one after it.
      flushSync(() => {
        setIsScrolling(true);
        look();
      });
    };
    const sizes = new ResizeObserver(look);
    sizes.observe(element);
    element.addEventListener('scroll', onScroll, { passive: true });
    look();
    return () => {
      clearTimeout(timer);
      sizes.disconnect();
      element.removeEventListener('scroll', onScroll);
    };
  }, [box, rowHeight]);
  const fitting = Math.max(1, Math.floor(height / rowHeight) - 1);
  const at = Math.min(top, Math.max(0, rows - 1));
  const first = Math.max(0, at - overscan);
  return { top: at, first, end: Math.min(rows, at + fitting + 1 + overscan, first + mostRows), fitting, isScrolling };
}
