import { useCallback, useLayoutEffect, useRef } from 'react';

/** The same function in every render, which does what that of the latest one does: rows that are drawn already stay as they are. */
export function useSteady<A extends readonly unknown[]>(act: (...args: A) => void): (...args: A) => void {
  const latest = useRef(act);
  useLayoutEffect(() => {
    latest.current = act;
  });
  return useCallback((...args: A) => latest.current(...args), []);
}
