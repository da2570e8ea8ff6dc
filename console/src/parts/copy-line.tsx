import { useState } from 'react';
import { text } from '../text.ts';

/** A line for a terminal, to be taken there. Where the browser lends no clipboard, it is selected by hand. */
export function CopyLine({ line }: { line: string }) {
  const [copied, setCopied] = useState<string>();
  const copy = () =>
    void navigator.clipboard.writeText(line).then(
      () => setCopied(line),
      () => setCopied(undefined),
    );
  return (
    <>
      <p>{text.list.cli}</p>
      <code>{line}</code>
      {'clipboard' in navigator && (
        <button type="button" onClick={copy}>
          {copied === line ? text.server.copied : text.server.copy}
        </button>
      )}
    </>
  );
}
