import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { type KeyboardEvent, useEffect, useRef } from 'react';
import { serverQuery } from '../api.ts';
import { characterOf } from '../keys/character.ts';
import { singleKeysAreOn } from '../keys/single-keys.ts';
import { RecordLayouts } from '../layout/record-layouts.tsx';
import { FailureNotice, Skeleton } from '../parts/notices.tsx';

import { text } from '../text.ts';
import { PeekFacts } from './peek-facts.tsx';
import { PeekTrend } from './peek-trend.tsx';
import { PeekVerdict } from './peek-verdict.tsx';

interface PeekDrawerProps {
  readonly id: string;
  /** Gives the focus back to where the drawer was opened. */
  readonly onClose: () => void;
  /** Leads to the server below (1) or above (-1) in the list. */
  readonly onStep?: (step: 1 | -1) => void;
}

/** A server beside the list, which stays as it is. It has the focus while it is open: `j` and `k` lead on, Enter to its page. */
export function PeekDrawer({ id, onClose, onStep }: PeekDrawerProps) {
  const { data, error, refetch } = useQuery(serverQuery(id));
  const drawer = useRef<HTMLDivElement>(null);
  const navigate = useNavigate();
  useEffect(() => drawer.current?.focus({ preventScroll: true }), []);
  const onKeyDown = (event: KeyboardEvent) => {
    const letter = singleKeysAreOn() ? characterOf(event) : undefined;
    if (event.key === 'Escape') onClose();
    else if (letter === 'j') onStep?.(1);
    else if (letter === 'k') onStep?.(-1);
    else if (event.key === 'Enter' && event.target === drawer.current)
      void navigate({ to: '/servers/$id', params: { id } });
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div ref={drawer} className="peek" role="dialog" aria-label={text.peek.title} tabIndex={-1} onKeyDown={onKeyDown}>
      <div className="peek-bar">
        {onStep !== undefined && (
          <>
            <button type="button" onClick={() => onStep(-1)}>
              {text.peek.previous}
            </button>
            <button type="button" onClick={() => onStep(1)}>
              {text.peek.next}
            </button>
          </>
        )}
        <Link to="/servers/$id" params={{ id }}>
          {text.peek.whole}
        </Link>
        {data?.meta.demo === true && <span className="chip">{text.frame.demo}</span>}
        <button type="button" onClick={onClose}>
          {text.peek.close}
        </button>
      </div>
      {error !== null ? (
        <FailureNotice error={error} retry={() => void refetch()} />
      ) : data === undefined ? (
        <Skeleton rows={10} />
      ) : (
        <>
          <PeekFacts server={data.data} />
          <PeekVerdict id={id} />
          <PeekTrend id={id} />
          <RecordLayouts key={id} record={data.data.record} form="pivot" />
        </>
      )}
    </div>
  );
}
