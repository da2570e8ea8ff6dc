import { useState } from 'react';
import { text } from '../text.ts';

/** Where the browser lends no clipboard, there is none. */
export function CopyButton({ content, label }: { content: string; label: string }) {
  const [isCopied, setCopied] = useState(false);
  if (!('clipboard' in navigator)) return null;
  const copy = async () => {
    await navigator.clipboard.writeText(content);
    setCopied(true);
  };
  return (
    <button type="button" aria-label={isCopied ? undefined : label} onClick={() => void copy()}>
      {isCopied ? text.server.copied : text.server.copy}
    </button>
  );
}
