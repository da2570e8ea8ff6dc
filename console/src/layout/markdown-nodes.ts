import { inlineNodes } from './markdown-inline.ts';
import type { RichElement, RichNode } from './rich-text.tsx';

/** How many lines one block takes, and what they are. */
interface Block {
  readonly lines: number;
  readonly node: RichElement;
}

type BlockReader = (lines: readonly string[], from: number, depth: number) => Block | undefined;

const maxDepth = 6;

/**
 * The part of Markdown that people describe a server with: headings, paragraphs, lists, quotations, code, tables and rules. What is
 * none of it, marks of HTML among it, is words.
 */
export function markdownNodes(source: string): RichNode[] {
  return blocksOf(source.split(/\r?\n/), 0);
}

function blocksOf(lines: readonly string[], depth: number): RichNode[] {
  const nodes: RichNode[] = [];
  for (let at = 0; at < lines.length; ) {
    if ((lines[at] ?? '').trim() === '') {
      at++;
      continue;
    }
    const block = firstBlock(lines, at, depth) ?? paragraph(lines, at, depth);
    nodes.push(block.node);
    at += block.lines;
  }
  return nodes;
}

function firstBlock(lines: readonly string[], from: number, depth: number): Block | undefined {
  if (depth > maxDepth) return undefined;
  for (const read of [fence, heading, rule, quotation, list, table]) {
    const block = read(lines, from, depth);
    if (block !== undefined) return block;
  }
  return undefined;
}

/** How many lines from one on are alike. */
function countWhile(lines: readonly string[], from: number, isAlike: (line: string) => boolean): number {
  let end = from;
  while (end < lines.length && isAlike(lines[end] ?? '')) end++;
  return end - from;
}

const fence: BlockReader = (lines, from) => {
  const mark = /^ {0,3}(```|~~~)/.exec(lines[from] ?? '')?.[1];
  if (mark === undefined) return undefined;
  const inner = countWhile(lines, from + 1, (line) => !line.trimStart().startsWith(mark));
  const code = lines.slice(from + 1, from + 1 + inner).join('\n');
  return { lines: inner + 2, node: { tag: 'pre', children: [code] } };
};

const heading: BlockReader = (lines, from) => {
  const words = /^#{1,6}\s+(.*?)\s*#*$/.exec((lines[from] ?? '').slice(0, 1000))?.[1];
  return words === undefined ? undefined : { lines: 1, node: { tag: 'h3', children: inlineNodes(words) } };
};

const rule: BlockReader = (lines, from) =>
  /^(?:-{3,}|\*{3,}|_{3,})$/.test((lines[from] ?? '').trim())
    ? { lines: 1, node: { tag: 'hr', children: [] } }
    : undefined;

const quotation: BlockReader = (lines, from, depth) => {
  const count = countWhile(lines, from, (line) => line.startsWith('>'));
  if (count === 0) return undefined;
  const inner = lines.slice(from, from + count).map((line) => line.replace(/^> ?/, ''));
  return { lines: count, node: { tag: 'blockquote', children: blocksOf(inner, depth + 1) } };
};

const bullet = /^ ?(?:[-*+]|(\d{1,9})[.)])\s+/;

/** An item goes on with the lines that are indented below it. */
const list: BlockReader = (lines, from, depth) => {
  const first = bullet.exec(lines[from] ?? '');
  if (first === null) return undefined;
  const count = countWhile(lines, from, (line) => bullet.test(line) || /^\s{2,}\S/.test(line));
  const items: string[][] = [];
  for (const line of lines.slice(from, from + count)) {
    if (bullet.test(line)) items.push([line.replace(bullet, '')]);
    else items.at(-1)?.push(line.replace(/^\s{2,4}/, ''));
  }
  const children = items.map(([head = '', ...rest]): RichElement => {
    return { tag: 'li', children: [...inlineNodes(head), ...blocksOf(rest, depth + 1)] };
  });
  return { lines: count, node: { tag: first[1] === undefined ? 'ul' : 'ol', children } };
};

const table: BlockReader = (lines, from) => {
  const isRow = (line: string) => line.includes('|');
  if (!isRow(lines[from] ?? '') || !/^[\s|:-]*-[\s|:-]*$/.test((lines[from + 1] ?? '').slice(0, 1000)))
    return undefined;
  const count = countWhile(lines, from, isRow);
  if (count < 2) return undefined;
  const row = (line: string, tag: 'th' | 'td'): RichElement => ({
    tag: 'tr',
    children: cellsOf(line).map((cell) => ({ tag, children: inlineNodes(cell) })),
  });
  const body = lines.slice(from + 2, from + count).map((line) => row(line, 'td'));
  const head: RichElement = { tag: 'thead', children: [row(lines[from] ?? '', 'th')] };
  return { lines: count, node: { tag: 'table', children: [head, { tag: 'tbody', children: body }] } };
};

function cellsOf(line: string): string[] {
  const inner = line.trim().replace(/^\|/, '').replace(/\|$/, '');
  return inner.split('|').map((cell) => cell.trim());
}

function paragraph(lines: readonly string[], from: number, depth: number): Block {
  const more = countWhile(lines, from + 1, (line) => line.trim() !== '' && firstBlock([line], 0, depth) === undefined);
  const words = lines.slice(from, from + 1 + more).map((line) => line.trim());
  return { lines: 1 + more, node: { tag: 'p', children: inlineNodes(words.join(' ')) } };
}
