import type { RichNode } from './rich-text.tsx';

/** Every repetition has a bound, so that no text takes long. */
const marked =
  /`(?<code>[^`]{1,500})`|(?<image>!?)\[(?<label>[^\]]{0,500})\]\((?<href>[^\s)]{0,2000})(?:\s"[^"]{0,200}")?\)|\*\*(?<strong>[^*]{1,500})\*\*|__(?<bold>[^_]{1,500})__|~~(?<del>[^~]{1,500})~~|\*(?<em>[^*\s][^*]{0,500})\*|(?<!\w)_(?<italic>[^_\s][^_]{0,500})_(?!\w)/g;

/** The words of a line, with what is code, strong, struck out, or a link; an image is what it is called. */
export function inlineNodes(line: string): RichNode[] {
  const nodes: RichNode[] = [];
  let end = 0;
  for (const match of line.matchAll(marked)) {
    if (match.index > end) nodes.push(line.slice(end, match.index));
    nodes.push(nodeOf(match.groups ?? {}));
    end = match.index + match[0].length;
  }
  if (end < line.length) nodes.push(line.slice(end));
  return nodes;
}

function nodeOf(groups: Readonly<Record<string, string | undefined>>): RichNode {
  const { code, image, label, href = '', strong, bold, del, em, italic } = groups;
  if (code !== undefined) return { tag: 'code', children: [code] };
  if (label !== undefined) return image === '!' ? label : { tag: 'a', href, children: inlineNodes(label) };
  if (del !== undefined) return { tag: 'del', children: inlineNodes(del) };
  const heavy = strong ?? bold;
  if (heavy !== undefined) return { tag: 'strong', children: inlineNodes(heavy) };
  return { tag: 'em', children: inlineNodes(em ?? italic ?? '') };
}
