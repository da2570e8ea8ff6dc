import { OutsideLink } from './outside-link.tsx';

/** What is left of a text that somebody else marked up: words, and elements out of this list. Nothing else can be said. */
export type RichNode = string | RichElement;

export interface RichElement {
  readonly tag: RichTag;
  /** Of a link; where it is no address on the web, its words are left. */
  readonly href?: string;
  readonly children: readonly RichNode[];
}

export const richTags = [
  'a',
  'blockquote',
  'br',
  'code',
  'del',
  'em',
  'h3',
  'hr',
  'li',
  'ol',
  'p',
  'pre',
  'strong',
  'table',
  'tbody',
  'td',
  'th',
  'thead',
  'tr',
  'ul',
] as const;
export type RichTag = (typeof richTags)[number];

export function RichText({ nodes }: { nodes: readonly RichNode[] }) {
  return (
    <div className="rich-text">
      <Nodes nodes={nodes} />
    </div>
  );
}

function Nodes({ nodes }: { nodes: readonly RichNode[] }) {
  return nodes.map((node, at) => (typeof node === 'string' ? node : <Element key={at} {...node} />));
}

function Element({ tag: Tag, href, children }: RichElement) {
  if (Tag === 'br' || Tag === 'hr') return <Tag />;
  if (Tag === 'a') {
    return (
      <OutsideLink href={href}>
        <Nodes nodes={children} />
      </OutsideLink>
    );
  }
  if (Tag === 'pre' || Tag === 'table') {
    return (
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
      <div className="rich-scroll" tabIndex={0}>
        <Tag>
          <Nodes nodes={children} />
        </Tag>
      </div>
    );
  }
  return (
    <Tag>
      <Nodes nodes={children} />
    </Tag>
  );
}
