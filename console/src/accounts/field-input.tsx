import { useId } from 'react';
import type { FormField } from '../../../src/server/account-api.ts';
import { text } from '../text.ts';

interface FieldInputProps {
  readonly field: FormField;
  readonly value: string;
  readonly onChange: (value: string) => void;
}

/** Named by the last word of its path: the console knows the words, and where it does not, the word itself will do. */
export function FieldInput({ field, value, onChange }: FieldInputProps) {
  const { path, kind, is_required: isRequired, is_secret: isSecret, choices = [], usual, pattern } = field;
  const id = useId();
  const name = path.split('.').at(-1) ?? path;
  const label = text.connect.fields[path] ?? text.connect.fields[name] ?? name;
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
  return (
    <label htmlFor={id}>
      <span className="filter-name">
        {label}
        {!isRequired && ` (${text.connect.optional})`}
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
          placeholder={usual}
          pattern={pattern}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </label>
  );
}
