import { type RichNode, type RichTag, richTags } from './rich-text.tsx';

/** As much of a node of a document as is looked at. */
export interface MarkedUp {
  readonly nodeType: number;
  readonly nodeName: string;
  readonly textContent: string | null;
  readonly childNodes: Iterable<MarkedUp>;
  readonly getAttribute?: (name: string) => string | null;
}

const elementNode = 1;
const textNode = 3;

/** Elements that go with all that is in them, as it is no text for a reader. */
const dropped = new Set(
  'script style template iframe frame frameset object embed applet noscript noembed noframes svg math head title textarea select audio video canvas'.split(
    ' ',
  ),
);

/** Elements that are another one here: headings have their level from where they stand. */
const renamed: Readonly<Record<string, RichTag>> = {
  b: 'strong',
  i: 'em',
  s: 'del',
  strike: 'del',
  h1: 'h3',
  h2: 'h3',
  h4: 'h3',
  h5: 'h3',
  h6: 'h3',
  div: 'p',
  tfoot: 'tbody',
};

const lists = ['ul', 'ol'];
const parts = ['table', 'thead', 'tbody', 'tr', ...lists];

/** Nodes of a document that nobody trusts, as words and elements of the list. @param within the element that they are put into */
export function richNodesOf(nodes: Iterable<MarkedUp>, within?: RichTag): RichNode[] {
  return [...nodes].flatMap((node) => richNodeOf(node, within));
}

function richNodeOf(node: MarkedUp, within: RichTag | undefined): RichNode[] {
  if (node.nodeType === textNode) {
    const words = node.textContent ?? '';
    return within !== undefined && parts.includes(within) && words.trim() === '' ? [] : inPlace(words, within);
  }
  const name = node.nodeName.toLowerCase();
  if (node.nodeType !== elementNode || dropped.has(name)) return [];
  if (name === 'img') return inPlace(node.getAttribute?.('alt') ?? '', within);
  const tag = tagOf(name, within);
  if (tag === undefined) return richNodesOf(node.childNodes, within);
  const href = tag === 'a' ? node.getAttribute?.('href') : undefined;
  const element = { tag, ...(href ? { href } : {}), children: richNodesOf(node.childNodes, tag) };
  return tag === 'li' ? [element] : inPlace(element, within);
}

function tagOf(name: string, within: RichTag | undefined): RichTag | undefined {
  const tag = Object.hasOwn(renamed, name) ? renamed[name] : richTags.find((each) => each === name);
  const isListed = within !== undefined && lists.includes(within);
  if (tag === 'li' && !isListed) return undefined;
  // A link in a link, or a paragraph in a paragraph, is none.
  return tag === within ? undefined : tag;
}

/** What stands in a list is an item of it. */
function inPlace(node: RichNode, within: RichTag | undefined): RichNode[] {
  return within !== undefined && lists.includes(within) ? [{ tag: 'li', children: [node] }] : [node];
}
