import { useMemo } from 'react';
import { richNodesOf } from './html-nodes.ts';
import { RawView } from './raw-view.tsx';
import { type RichNode, RichText } from './rich-text.tsx';

/** The browser's own parser, in a document that runs and loads nothing. */
export function HtmlView({ value }: { value: unknown }) {
  const nodes = useMemo(() => (typeof value === 'string' ? parsed(value) : undefined), [value]);
  return nodes === undefined ? <RawView value={value} /> : <RichText nodes={nodes} />;
}

function parsed(source: string): RichNode[] {
  // Handlers would not run in there either, but the browser writes into its log that the page's policy is against them.
  const quiet = source.replace(/<[^<>]*>/g, (tag) => tag.replace(/([\s/"'])on\w+(?=\s*=)/gi, '$1off'));
  return richNodesOf(new DOMParser().parseFromString(quiet, 'text/html').body.childNodes);
}
