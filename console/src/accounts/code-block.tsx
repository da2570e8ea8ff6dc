import { CopyButton } from '../parts/copy-button.tsx';
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
