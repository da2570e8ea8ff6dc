import { type Query, useIsFetching, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { text } from '../text.ts';

/** How long one waits before one is told that it is still asked, in milliseconds. */
const slowMs = 5_000;

/** Asked for the first time: there is nothing to show until it is answered. */
const isAwaited = (query: Query) => query.state.status === 'pending' && query.state.fetchStatus !== 'idle';
/** It was asked for, and then stopped. */
const isStopped = (query: Query) =>
  query.state.status === 'pending' && query.state.fetchStatus === 'idle' && !query.isDisabled();

/** What stands where an answer will: after a while, that it is still asked for, and how to stop that. */
export function SlowAnswer() {
  const queries = useQueryClient();
  const awaited = useIsFetching({ type: 'active', predicate: isAwaited });
  const isSlow = useIsSlow();
  const stopped = { type: 'active', predicate: isStopped } as const;
  if (awaited > 0 && isSlow) {
    return (
      <p className="slow-answer">
        {text.states.slow}
        <button
          type="button"
          onClick={() => void queries.cancelQueries({ type: 'active', predicate: isAwaited }, { silent: true })}
        >
          {text.states.cancel}
        </button>
      </p>
    );
  }
  if (awaited === 0 && isSlow && queries.getQueryCache().findAll(stopped).length > 0) {
    return (
      <p className="slow-answer">
        {text.states.stopped}
        <button type="button" onClick={() => void queries.refetchQueries(stopped)}>
          {text.states.retry}
        </button>
      </p>
    );
  }
  return <span className="unseen">{text.states.loading}</span>;
}

function useIsSlow(): boolean {
  const [isSlow, setIsSlow] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setIsSlow(true), slowMs);
    return () => clearTimeout(timer);
  }, []);
  return isSlow;
}
