import { useRef, useState } from 'react';
import type { RightsizingRow } from '../../../src/server/rightsizing-api.ts';
import { formatCount } from '../format.ts';
import { text } from '../text.ts';
import { decidableOf } from './decidable.ts';
import { DecisionDialog, type Resolution } from './decision-dialog.tsx';
import { useDecide } from './use-decide.ts';

interface DecisionButtonsProps {
  readonly rows: readonly Pick<RightsizingRow, 'id' | 'state' | 'suggestion'>[];
  /** There is one server, so none is counted. */
  readonly isOne?: boolean;
  readonly onDecided?: (ids: readonly number[]) => void;
}

/** What can be done with these servers, and what came of it. */
export function DecisionButtons({ rows, isOne = false, onDecided }: DecisionButtonsProps) {
  const [asked, setAsked] = useState<'snooze' | 'dismiss'>();
  const { mutate, isPending, error, data } = useDecide();
  const { accept, postpone, reopen } = decidableOf(rows);
  const status = useRef<HTMLSpanElement>(null);
  const decide = (ids: number[], resolution: Resolution) => {
    if (isPending) return;
    // The button that was pressed may be gone by then, and the focus would be with it. Who has gone on keeps it.
    const settled = () => {
      onDecided?.(ids);
      const { activeElement, body } = document;
      if (activeElement === body || status.current?.parentElement?.contains(activeElement)) status.current?.focus();
    };
    mutate({ ...resolution, ids }, { onSuccess: settled });
  };
  const words = text.rightsizing;
  const offered = [
    {
      ids: accept,
      label: isOne ? words.acceptOne : words.accept(formatCount(accept.length)),
      act: () => decide(accept, { state: 'accepted' }),
    },
    {
      ids: postpone,
      label: isOne ? words.snoozeOne : words.snooze(formatCount(postpone.length)),
      act: () => setAsked('snooze'),
    },
    {
      ids: postpone,
      label: isOne ? words.dismissOne : words.dismiss(formatCount(postpone.length)),
      act: () => setAsked('dismiss'),
    },
    {
      ids: reopen,
      label: isOne ? words.reopenOne : words.reopen(formatCount(reopen.length)),
      act: () => decide(reopen, { state: 'open' }),
    },
  ];
  return (
    <>
      {offered
        .filter(({ ids }) => ids.length > 0)
        .map(({ label, act }) => (
          <button key={label} type="button" aria-disabled={isPending} onClick={() => isPending || act()}>
            {label}
          </button>
        ))}
      <span ref={status} role="status" tabIndex={-1} className="told">
        {data !== undefined && !isPending && told(data.data)}
      </span>
      {error !== null && (
        <span role="alert" className="problem">
          {words.notDecided(error.message)}
        </span>
      )}
      {asked !== undefined && (
        <DecisionDialog
          kind={asked}
          count={formatCount(postpone.length)}
          onDecide={(resolution) => decide(postpone, resolution)}
          onClose={() => setAsked(undefined)}
        />
      )}
    </>
  );
}

function told(rows: readonly RightsizingRow[]): string {
  const state = rows[0]?.state;
  if (state === undefined || state === null) return '';
  return text.rightsizing.decided(formatCount(rows.length), text.rightsizing.decisions[state]);
}
