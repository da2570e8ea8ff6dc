import { useLayoutEffect, useState } from 'react';
import { ApiError } from '../api.ts';

/** Counts down what the server asks to wait; 0 where there is nothing to wait for. */
export function useSecondsLeft(error: Error | null): number {
  const [left, setLeft] = useState(0);
  // Before the error is seen: it would say that there is nothing to wait for.
  useLayoutEffect(() => {
    const seconds = error instanceof ApiError ? (error.retryAfter ?? 0) : 0;
    const end = Date.now() + seconds * 1000;
    const tick = () => {
      const rest = Math.max(0, Math.ceil((end - Date.now()) / 1000));
      setLeft(rest);
      if (rest === 0) clearInterval(timer);
    };
    const timer = setInterval(tick, 250);
    tick();
    return () => clearInterval(timer);
  }, [error]);
  return left;
}
