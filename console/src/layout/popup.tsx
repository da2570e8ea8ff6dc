import { type ReactNode, useEffect, useId, useRef, useState } from 'react';
import { text } from '../text.ts';

interface PopupProps {
  readonly label: string;
  /** For who hears it alone. */
  readonly fullLabel?: string;
  readonly title: string;
  /** What is in it, asked for as it is opened. */
  readonly content: () => ReactNode;
}

/** A button, and the layer that it opens. Escape leaves it, and leads back to the button. */
export function Popup({ label, fullLabel, title, content }: PopupProps) {
  const [isOpen, setIsOpen] = useState(false);
  return (
    <>
      <button
        type="button"
        className="quiet-button"
        aria-haspopup="dialog"
        aria-label={fullLabel}
        onClick={() => setIsOpen(true)}
      >
        {label}
      </button>
      {isOpen && (
        <Layer title={title} onClose={() => setIsOpen(false)}>
          {content()}
        </Layer>
      )}
    </>
  );
}

function Layer({ title, onClose, children }: { title: string; onClose: () => void; children: ReactNode }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useId();
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog
      ref={dialog}
      className="layout-popup"
      aria-labelledby={heading}
      // React tells it of a layer inside as well.
      onClose={({ target, currentTarget }) => target === currentTarget && onClose()}
      // What lies below has keys of its own.
      onKeyDown={(event) => event.stopPropagation()}
    >
      <h2 id={heading}>{title}</h2>
      {children}
      <p className="actions">
        <button type="button" className="primary" onClick={() => dialog.current?.close()}>
          {text.layout.close}
        </button>
      </p>
    </dialog>
  );
}
