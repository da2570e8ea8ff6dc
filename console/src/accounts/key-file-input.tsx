import { type DragEvent, useId, useState } from 'react';
import { Fact } from '../parts/fact.tsx';
import { text } from '../text.ts';
import { type KeyFacts, keyFacts } from './key-file.ts';

interface KeyFileInputProps {
  readonly label: string;
  readonly value: string;
  readonly isRequired: boolean;
  readonly onChange: (value: string) => void;
}

/** A file that is dropped, chosen or pasted. What it is shows at once; what it holds is drawn while it is typed, and not again. */
export function KeyFileInput({ label, value, isRequired, onChange }: KeyFileInputProps) {
  const id = useId();
  const noteId = useId();
  const [isTyped, setTyped] = useState(value === '');
  const [fileName, setFileName] = useState<string>();
  const take = async (file: File | undefined) => {
    if (file === undefined) return;
    onChange(await file.text());
    setTyped(false);
    setFileName(file.name);
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    void take(event.dataTransfer.files[0]);
  };
  const isHidden = !isTyped && value !== '';
  const name = (
    <span className="filter-name">
      {label}
      {!isRequired && ` (${text.connect.optional})`}
    </span>
  );
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: what is dropped can be chosen and pasted as well
    <div className="key-file" onDrop={drop} onDragOver={(event) => event.preventDefault()}>
      {isHidden ? name : <label htmlFor={id}>{name}</label>}
      {isHidden ? (
        <p className="key-name">
          {fileName === undefined ? <span>{text.connect.keyKept}</span> : <code>{fileName}</code>}
          <button
            type="button"
            onClick={() => {
              setTyped(true);
              onChange('');
            }}
          >
            {text.connect.otherFile}
          </button>
        </p>
      ) : (
        <>
          <textarea
            id={id}
            rows={5}
            value={value}
            required={isRequired}
            spellCheck={false}
            autoComplete="off"
            placeholder={text.connect.dropHere}
            aria-describedby={noteId}
            onChange={(event) => {
              setTyped(true);
              onChange(event.target.value);
            }}
          />
          <label className="button file-button">
            {text.connect.chooseFile}
            <input
              type="file"
              className="unseen"
              accept=".json,application/json"
              onChange={(event) => void take(event.target.files?.[0])}
            />
          </label>
        </>
      )}
      <div id={noteId} role="status">
        <Facts facts={keyFacts(value)} />
      </div>
    </div>
  );
}

function Facts({ facts }: { facts: KeyFacts | undefined }) {
  if (facts === undefined) return <small>{text.connect.keyStays}</small>;
  const { kind, project, email, audience } = facts;
  if (kind === 'broken') return <small>{text.connect.noJson}</small>;
  if (kind === 'other') return <small className="bad">{text.connect.noKeyFile}</small>;
  return (
    <dl className="key-facts">
      {project !== undefined && <Fact label={text.connect.project}>{project}</Fact>}
      {email !== undefined && <Fact label={text.connect.serviceAccount}>{email}</Fact>}
      {audience !== undefined && <Fact label={text.connect.audience}>{audience}</Fact>}
    </dl>
  );
}
