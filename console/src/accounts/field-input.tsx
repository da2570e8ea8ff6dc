import { useId } from 'react';
import type { FormField } from '../../../src/server/account-api.ts';
import { text } from '../text.ts';
import { fieldName } from './field-name.ts';
import { inputPattern } from './input-pattern.ts';
import { KeyFileInput } from './key-file-input.tsx';

/** What Google hands out as files. */
const keyFiles: readonly string[] = ['from.key', 'from.config'];

interface FieldInputProps {
  readonly field: FormField;
  /** What stands there where nothing is typed. */
  readonly hint?: string | undefined;
  /** It is shown, and not to be typed. */
  readonly isFixed?: boolean;
  readonly value: string;
  readonly onChange: (value: string) => void;
}

/** What a form asks for, as its kind wants it typed. */
export function FieldInput({ field, hint, isFixed = false, value, onChange }: FieldInputProps) {
  const { path, kind, is_required: isRequired, is_secret: isSecret, choices = [], usual, pattern } = field;
  const id = useId();
  const label = fieldName(path);
  if (kind === 'switch') {
    return (
      <label className="tick">
        <input
          type="checkbox"
          checked={value === 'true'}
          onChange={(event) => onChange(String(event.target.checked))}
        />
        <span>{label}</span>
      </label>
    );
  }
  if (kind === 'json' && keyFiles.includes(path)) {
    return <KeyFileInput label={label} value={value} isRequired={isRequired} onChange={onChange} />;
  }
  return (
    <label htmlFor={id}>
      <span className="filter-name">
        {label}
        {!isRequired && !isFixed && ` (${text.connect.optional})`}
      </span>
      {kind === 'choice' ? (
        <select id={id} value={value === '' ? usual : value} onChange={(event) => onChange(event.target.value)}>
          {choices.map((choice) => (
            <option key={choice}>{choice}</option>
          ))}
        </select>
      ) : kind === 'json' || kind === 'lines' ? (
        <textarea
          id={id}
          rows={kind === 'json' ? 6 : 2}
          value={value}
          required={isRequired}
          spellCheck={false}
          placeholder={kind === 'json' ? '{ … }' : undefined}
          onChange={(event) => onChange(event.target.value)}
          onDrop={(event) => {
            const [file] = event.dataTransfer.files;
            if (kind !== 'json' || file === undefined) return;
            event.preventDefault();
            void file.text().then(onChange);
          }}
        />
      ) : (
        <input
          id={id}
          type={isSecret ? 'password' : kind === 'number' ? 'number' : 'text'}
          // A value of the vault of the browser is not this one.
          autoComplete={isSecret ? 'new-password' : 'off'}
          spellCheck={false}
          value={value}
          required={isRequired}
          readOnly={isFixed}
          placeholder={hint ?? usual}
          pattern={inputPattern(pattern)}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </label>
  );
}
