import { useId, useState } from 'react';
import { text } from '../text.ts';

interface PasswordFieldProps {
  readonly name: string;
  readonly label: string;
  /** What password managers do with it. */
  readonly autoComplete: 'current-password' | 'new-password';
  /** For somebody else: one may be made, and has to be read. */
  readonly canMake?: boolean;
}

/** The shortest that the API takes. */
const shortest = 12;

export function PasswordField({ name, label, autoComplete, canMake = false }: PasswordFieldProps) {
  const [value, setValue] = useState('');
  const [isShown, setIsShown] = useState(false);
  const noteId = useId();
  const isNew = autoComplete === 'new-password';
  return (
    <div className="password-field">
      <label>
        <span className="filter-name">{label}</span>
        <input
          type={isShown ? 'text' : 'password'}
          name={name}
          value={value}
          autoComplete={canMake ? 'off' : autoComplete}
          spellCheck={false}
          required
          minLength={isNew ? shortest : undefined}
          maxLength={isNew ? 256 : 1024}
          aria-describedby={isNew ? noteId : undefined}
          onChange={(event) => setValue(event.target.value)}
        />
      </label>
      <button
        type="button"
        aria-label={`${text.settings.show}: ${label}`}
        aria-pressed={isShown}
        onClick={() => setIsShown(!isShown)}
      >
        {text.settings.show}
      </button>
      {canMake && (
        <button
          type="button"
          onClick={() => {
            setValue(madePassword());
            setIsShown(true);
          }}
        >
          {text.settings.make}
        </button>
      )}
      {isNew && <small id={noteId}>{text.settings.atLeast}</small>}
    </div>
  );
}

/** 32 of them, so that each byte picks one as likely as another; none looks like a second one. */
const letters = 'abcdefghijkmnpqrstuvwxyz23456789';

/** 100 bits, in groups that can be read out. */
function madePassword(): string {
  const picked = Array.from(crypto.getRandomValues(new Uint8Array(20)), (byte) => letters[byte % letters.length]);
  return [0, 5, 10, 15].map((from) => picked.slice(from, from + 5).join('')).join('-');
}
