import { useLayoutEffect, useRef, useState } from 'react';

/**
 * What stands in a field whose text the address holds. The address follows some time later: what comes of it undoes nothing that
 * was typed since, and moves no caret. What it says by itself, as by a link or the way back, is taken.
 *
 * @param told what the address says
 * @returns what stands there, how to write it, and the list to which each text that goes to the address has to be added
 */
export function useTypedText(told: string) {
  const [typed, setTyped] = useState(told);
  const sent = useRef<string[]>([]);
  useLayoutEffect(() => {
    const at = sent.current.lastIndexOf(told);
    sent.current = at < 0 ? [] : sent.current.slice(at + 1);
    if (at < 0) setTyped(told);
  }, [told]);
  return { typed, setTyped, sent };
}
