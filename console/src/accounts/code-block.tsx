import { useState } from 'react';
import { text } from '../text.ts';

/** A text to be pasted elsewhere, under its name. */
export function CodeBlock({ title, content }: { title: string; content: string }) {
  return (
    <>
      <div className="code-head">
        <h3>{title}</h3>
        <CopyButton content={content} label={text.connect.copyOf(title)} />
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls */}
      <section className="code" tabIndex={0} aria-label={title}>
        <pre>{content}</pre>
      </section>
    </>
  );
}

function CopyButton({ content, label }: { content: string; label: string }) {
  const [isCopied, setCopied] = useState(false);
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
