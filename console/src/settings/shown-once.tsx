import { useState } from 'react';
import { text } from '../text.ts';

/** A secret that nobody can tell again. Where the browser lends no clipboard, a click selects it. */
export function ShownOnce({ label, note, value }: { label: string; note: string; value: string }) {
  const [isCopied, setIsCopied] = useState(false);
  const copy = () =>
    void navigator.clipboard.writeText(value).then(
      () => setIsCopied(true),
      () => {},
    );
  return (
    <div className="shown-once" role="status">
      <p>{note}</p>
      <div>
        <input
          readOnly
          aria-label={label}
          value={value}
          spellCheck={false}
          onFocus={(event) => event.currentTarget.select()}
        />
        {'clipboard' in navigator && (
          <button type="button" onClick={copy}>
            {isCopied ? text.settings.copied : text.settings.copy}
          </button>
        )}
      </div>
    </div>
  );
}
