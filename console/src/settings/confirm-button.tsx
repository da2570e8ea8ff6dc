import { useId, useRef } from 'react';
import { text } from '../text.ts';

interface ConfirmButtonProps {
  readonly label: string;
  /** The label as it is where the row around it is not seen. */
  readonly fullLabel?: string;
  readonly question: string;
  /** What it means, and whether it can be undone. */
  readonly note: string;
  readonly onConfirm: () => void;
}

/** Asks before it does what hurts. Escape is no. */
export function ConfirmButton({ label, fullLabel, question, note, onConfirm }: ConfirmButtonProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  const close = () => dialog.current?.close();
  return (
    <>
      <button type="button" aria-label={fullLabel} onClick={() => dialog.current?.showModal()}>
        {label}
      </button>
      <dialog ref={dialog} aria-labelledby={id}>
        <h2 id={id}>{question}</h2>
        <p>{note}</p>
        <div className="actions">
          <button type="button" onClick={close}>
            {text.settings.cancel}
          </button>
          <button
            type="button"
            className="danger"
            onClick={() => {
              close();
              onConfirm();
            }}
          >
            {label}
          </button>
        </div>
      </dialog>
    </>
  );
}
