import { useMemo } from 'react';
import { locale } from '../text.ts';
import { markdownNodes } from './markdown-nodes.ts';
import { RawView } from './raw-view.tsx';
import { RichText } from './rich-text.tsx';
import { isDictionary, own, pathOf, textOf, valueAt, wordsOf } from './value-path.ts';

interface MarkdownViewProps {
  /** A text, or one by language. */
  readonly markdown: unknown;
  /** What it may name the values of; itself the text where the layout has none. */
  readonly data: unknown;
}

export function MarkdownView({ markdown, data }: MarkdownViewProps) {
  const nodes = useMemo(() => {
    const source = sourceOf(markdown ?? data);
    return source === undefined ? undefined : markdownNodes(filledIn(source, data));
  }, [markdown, data]);
  return nodes === undefined ? <RawView value={markdown ?? data} /> : <RichText nodes={nodes} />;
}

function sourceOf(markdown: unknown): string | undefined {
  if (!isDictionary(markdown)) return textOf(markdown);
  return [own(markdown, locale), own(markdown, 'en'), ...Object.values(markdown)].flatMap(
    (one) => textOf(one) ?? [],
  )[0];
}

/** `<%= data.name %>` names a value, as in Cloudforet. What it does besides is a program, which is not run. */
function filledIn(source: string, data: unknown): string {
  return source.replace(/<%[=-]\s{0,9}([\w.-]{1,200})\s{0,9}%>/g, (_, path: string) => {
    const value = valueAt(data, pathOf(path));
    return value === undefined ? '–' : wordsOf(value);
  });
}
