import fc from 'fast-check';
import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, it } from 'vitest';
import { type MarkedUp, richNodesOf } from './html-nodes.ts';
import { markdownNodes } from './markdown-nodes.ts';
import { RichText, richTags } from './rich-text.tsx';

const drawn = (nodes: Parameters<typeof RichText>[0]['nodes']) =>
  renderToStaticMarkup(createElement(RichText, { nodes })).replace(/^<div class="rich-text">|<\/div>$/g, '');

/** A node as a browser's document has it. */
function element(nodeName: string, attributes: Record<string, string>, ...childNodes: readonly MarkedUp[]): MarkedUp {
  return { nodeType: 1, nodeName, textContent: null, childNodes, getAttribute: (name) => attributes[name] ?? null };
}

function words(textContent: string): MarkedUp {
  return { nodeType: 3, nodeName: '#text', textContent, childNodes: [] };
}

describe('of a document', () => {
  it.each([
    { name: 'what is known', node: element('B', {}, words('bold')), want: '<strong>bold</strong>' },
    { name: 'the words of what is not', node: element('MARQUEE', {}, words('hey')), want: 'hey' },
    { name: 'nothing of a script', node: element('SCRIPT', {}, words('alert(1)')), want: '' },
    { name: 'nothing of a comment', node: { ...words('x'), nodeType: 8 }, want: '' },
    { name: 'what an image is called', node: element('IMG', { src: '//x', alt: 'a rack' }), want: 'a rack' },
    { name: 'the words of a link to nowhere', node: element('A', { href: 'javascript:x' }, words('a')), want: 'a' },
    {
      name: 'a link to the web, and none of its attributes',
      node: element('A', { href: 'https://a.example/', onclick: 'x' }, words('a')),
      want: '<a href="https://a.example/" rel="noopener noreferrer" target="_blank">a</a>',
    },
    {
      name: 'items in lists alone, and nothing else in lists',
      node: element('UL', {}, words('\n'), words('loose'), element('LI', {}, words('one'))),
      want: '<ul><li>loose</li><li>one</li></ul>',
    },
    { name: 'no item without a list', node: element('LI', {}, words('one')), want: 'one' },
    { name: 'headings below that of the layout', node: element('H1', {}, words('top')), want: '<h3>top</h3>' },
  ])('is left $name', ({ node, want }) => {
    expect(drawn(richNodesOf([node]))).toBe(want);
  });

  it('is left nothing that is not in the list, whatever the document', () => {
    const name = fc.constantFrom(
      'A',
      'B',
      'P',
      'UL',
      'LI',
      'TABLE',
      'TR',
      'TD',
      'svg',
      'IMG',
      'IFRAME',
      'DIV',
      'constructor',
    );
    const { node } = fc.letrec<{ node: MarkedUp }>((tie) => ({
      node: fc.oneof(
        { maxDepth: 3 },
        fc.string().map(words),
        fc
          .tuple(
            name,
            fc.dictionary(
              fc.constantFrom('href', 'onload', 'style'),
              fc.constantFrom('https://a.example/', 'javascript:x', ''),
            ),
            fc.array(tie('node'), { maxLength: 5 }),
          )
          .map(([tag, attributes, children]) => element(tag, attributes, ...children)),
      ),
    }));
    const tags = new Set<string>([...richTags, 'div']);
    fc.assert(
      fc.property(fc.array(node, { maxLength: 4 }), (nodes) => {
        const markup = drawn(richNodesOf(nodes));
        const found = [...markup.matchAll(/<\/?([^\s>/]+)/g)].map(([, tag = '']) => tag);
        expect(found.filter((tag) => !tags.has(tag))).toEqual([]);
        expect(markup).not.toMatch(/ (?:onload|style)=/);
      }),
      { numRuns: 60, seed: 3 },
    );
  });
});

describe('of Markdown', () => {
  it.each([
    { source: '# A *b* `c`\n\ntext\nmore', want: '<h3>A <em>b</em> <code>c</code></h3><p>text more</p>' },
    { source: '1. a\n2. b\n   - c', want: '<ol><li>a</li><li>b<ul><li>c</li></ul></li></ol>' },
    { source: '> **q**\n> r\n\n---', want: '<blockquote><p><strong>q</strong> r</p></blockquote><hr/>' },
    {
      source: '| a | b |\n|---|:-:|\n| 1 | 2 |',
      want: '<div class="rich-scroll" tabindex="0"><table><thead><tr><th>a</th><th>b</th></tr></thead><tbody><tr><td>1</td><td>2</td></tr></tbody></table></div>',
    },
    { source: '~~~\n# no\n~~~', want: '<div class="rich-scroll" tabindex="0"><pre># no</pre></div>' },
    { source: '![alt](//x/y.png) [x](javascript:alert(1))', want: '<p>alt x)</p>' },
    { source: '<b onclick="x">no</b>', want: '<p>&lt;b onclick=&quot;x&quot;&gt;no&lt;/b&gt;</p>' },
    { source: 'a_b_c and ~~gone~~', want: '<p>a_b_c and <del>gone</del></p>' },
  ])('$source', ({ source, want }) => {
    expect(drawn(markdownNodes(source))).toBe(want);
  });

  it('no line is lost, and none takes long', () => {
    const line = fc.constantFrom(
      '',
      '- a',
      '  - b',
      '1. c',
      '> d',
      '# e',
      '```',
      '| f | g |',
      '| - | - |',
      'h',
      '[[[[(((',
      '**',
    );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 30 }), (lines) => {
        const markup = drawn(markdownNodes(lines.join('\n')));
        for (const letter of 'aceh') {
          if (lines.some((each) => each.endsWith(letter))) expect(markup).toContain(letter);
        }
      }),
      { numRuns: 100, seed: 5 },
    );
    const began = performance.now();
    for (const each of ['[', '*a', '`', '> ', '![](']) markdownNodes(each.repeat(20_000));
    expect(performance.now() - began).toBeLessThan(20_000);
  });
});
