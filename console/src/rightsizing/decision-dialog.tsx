import { type FormEvent, useEffect, useId, useRef, useState } from 'react';
import type { DecisionBody } from '../../../src/server/rightsizing-api.ts';
import { text } from '../text.ts';

/** A decision without the servers that it is on. */
export type Resolution = DecisionBody extends infer Body ? (Body extends unknown ? Omit<Body, 'ids'> : never) : never;

interface DecisionDialogProps {
  readonly kind: 'snooze' | 'dismiss';
  /** How many servers it is about, as written. */
  readonly count: string;
  readonly onDecide: (resolution: Resolution) => void;
  readonly onClose: () => void;
}

const snoozeDays = 30;
const dayMs = 86_400_000;

/** Asks until when, or why. Escape leaves it, and leads back to where it was opened. */
export function DecisionDialog({ kind, count, onDecide, onClose }: DecisionDialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const title = useId();
  const problemId = useId();
  const [until, setUntil] = useState(() => localDay(Date.now() + snoozeDays * dayMs));
  const [note, setNote] = useState('');
  const [problem, setProblem] = useState<string>();
  useEffect(() => dialog.current?.showModal(), []);
  const isSnooze = kind === 'snooze';
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const said = note.trim();
    const time = new Date(`${until}T00:00`);
    if (isSnooze && !(time.getTime() > Date.now())) return setProblem(text.rightsizing.untilPast);
    if (!isSnooze && said === '') return setProblem(text.rightsizing.reasonMissing);
    if (isSnooze) onDecide({ state: 'snoozed', until: time.toISOString(), ...(said === '' ? {} : { note: said }) });
    else onDecide({ state: 'dismissed', note: said });
    dialog.current?.close();
  };
  const described = problem === undefined ? {} : { 'aria-invalid': true, 'aria-describedby': problemId };
  return (
    <dialog ref={dialog} className="decision-dialog" aria-labelledby={title} onClose={onClose}>
      <form onSubmit={submit} noValidate>
        <h2 id={title}>{isSnooze ? text.rightsizing.snoozeTitle(count) : text.rightsizing.dismissTitle(count)}</h2>
        {isSnooze && (
          <label>
            <span className="filter-name">{text.rightsizing.until}</span>
            <input
              type="date"
              value={until}
              min={localDay(Date.now() + dayMs)}
              onChange={(event) => setUntil(event.target.value)}
              {...described}
            />
          </label>
        )}
        <label>
          <span className="filter-name">{isSnooze ? text.rightsizing.note : text.rightsizing.reason}</span>
          <textarea
            rows={3}
            maxLength={1000}
            value={note}
            onChange={(event) => setNote(event.target.value)}
            {...(isSnooze ? {} : described)}
          />
        </label>
        {problem !== undefined && (
          <p id={problemId} className="problem" role="alert">
            {problem}
          </p>
        )}
        <p className="actions">
          <button type="submit" className="primary">
            {isSnooze ? text.rightsizing.doSnooze : text.rightsizing.doDismiss}
          </button>
          <button type="button" onClick={() => dialog.current?.close()}>
            {text.rightsizing.cancel}
          </button>
        </p>
      </form>
    </dialog>
  );
}

/** `2026-12-22`, of the reader's own zone, as fields for dates hold it. */
function localDay(epochMs: number): string {
  const date = new Date(epochMs);
  const two = (part: number) => String(part).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}
