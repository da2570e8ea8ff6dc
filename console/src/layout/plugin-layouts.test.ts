import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { InventoryRecord } from '../../../src/model/record.ts';
import { pluginData, pluginMetadata } from './plugin-record.fixture.ts';
import { linesOf, markupOf, plainRecord } from './render.fixture.ts';

/** Node has no parser of HTML: to this one all of it is words. What the browser's own makes of it, tests/e2e sees. */
class WordsParser {
  parseFromString(textContent: string) {
    return { body: { childNodes: [{ nodeType: 3, nodeName: '#text', textContent, childNodes: [] }] } };
  }
}

beforeEach(() => {
  vi.stubGlobal('DOMParser', WordsParser);
});
afterEach(() => {
  vi.unstubAllGlobals();
});

/** As JSON, which is how a record comes. */
function recordWith(data: unknown, metadata: unknown): InventoryRecord {
  return JSON.parse(JSON.stringify({ ...plainRecord, data, metadata }));
}

const whole = recordWith(pluginData, { aws: pluginMetadata });

function only(layout: unknown, data: unknown = pluginData): string[] {
  return linesOf(markupOf(recordWith(data, { view: { sub_data: { layouts: [layout] } } }), 'fields'));
}

it.each(['pivot', 'fields'] as const)('a record of a plugin is drawn by its own layouts: %s', (form) => {
  const lines = linesOf(markupOf(whole, form));
  expect(lines).toEqual(
    expect.arrayContaining([
      '# AWS EC2',
      'Instance State │ RUNNING',
      'OS │ LINUX',
      'Details │ “Debian 13”',
      'Image │ not known',
      'Addresses │ 10.0.0.4, 10.0.0.5',
      'Security Groups │ webops',
      'Labels │ k8s.io/role workerteam pay',
      'Role │ worker',
      'Future │ {"core":4,"memory":16} of type sparkline',
      '# Hardware',
      'core │ 4',
      'Device │ Size ▾ │ Type │ Encrypted │ Filled (now)',
      '/dev/sd129 │ 229 GiB │ Provisioned IOPS │ no │ 29 %',
      'MAC │ IP │ Of',
      '02:00:00:00:00:01 │ 10.0.0.410.0.0.5 │ web-1',
      '02:00:00:00:00:02 │ – │ web-1',
      'k8s.io/role │ team',
      'worker │ pay',
      '# How it is run',
      'Of type LINUX, see the runbook or ops --help.',
      'Port │ Open',
      'A layout of type “hologram” is shown raw',
    ]),
  );
  const text = lines.join('\n');
  expect(text).toMatch(/reboot │ .*2026.* │ patch/);
  expect(text).toContain('<script>alert(1)</script>');
});

describe('the markup', () => {
  let markup: string;
  beforeEach(() => {
    markup = markupOf(whole, 'fields');
  });

  it('leads nowhere but to the web, in a window of its own, and to what the inventory has', () => {
    const hrefs = [...markup.matchAll(/<a [^>]*>/g)].map(([link]) => link);
    expect(hrefs).toHaveLength(4);
    for (const link of hrefs) {
      if (link.includes('href="/servers')) expect(link).toContain('q=provider%3A%22aws%22');
      else expect(link).toMatch(/^<a href="https:[^"]*" rel="noopener noreferrer" target="_blank">$/);
    }

    expect(markup).not.toMatch(/<(?:img|script|iframe|style)/);
  });

  it('holds a page of a long table, and says how long it is', () => {
    expect(markup.match(/\/dev\/sd\d+/g)).toHaveLength(50);
    expect(linesOf(markup).join('\n')).toContain('130 rows');
    expect(linesOf(markup).join('\n')).toContain('Rows 1 – 50 of 130');
  });

  it('says how a table is sorted, rows without a value last', () => {
    expect(markup).toMatch(/aria-sort="descending"><button[^>]*>Size/);
    const first = only(
      {
        name: 'D',
        type: 'simple-table',
        options: { root_path: 'data.l', fields: [{ key: 'n' }], default_sort: { key: 'n', desc: false } },
      },
      { l: [{ n: 10 }, {}, { n: 9 }] },
    );
    expect(first).toEqual(['# D', '3 rows', 'n ▴', '9', '10', '–']);
  });
});

describe('any metadata', () => {
  const word = fc.oneof(
    fc.constantFrom('', 'data', 'name', 'toString', 'constructor', '__proto__', 'list', 'state', 'enum', 'default'),
    fc.string({ maxLength: 12 }),
  );
  const junk = fc.oneof(fc.jsonValue({ maxDepth: 3 }), word, fc.constant({ toString: 1, valueOf: 2 }));
  const link = fc.constantFrom(
    'https://a.example/',
    'javascript:alert(1)',
    'data:text/html,x',
    '//b',
    ' java\nscript:x',
  );
  const types = [
    'text',
    'badge',
    'datetime',
    'state',
    'enum',
    'size',
    'dict',
    'list',
    'more',
    'progress',
    'image',
    'x',
  ];
  const layoutTypes = [
    'item',
    'simple-table',
    'table',
    'query-search-table',
    'list',
    'raw',
    'raw-table',
    'markdown',
    'html',
    'popup',
    'x',
  ];
  const maybe = <T>(value: fc.Arbitrary<T>) =>
    fc.oneof({ arbitrary: value, weight: 4 }, { arbitrary: junk, weight: 1 });
  const path = maybe(fc.constantFrom('data', 'data.a', 'data.a.b', 'data.list', 'data.list.a', 'name', ''));
  const fieldAt = (depth: number): fc.Arbitrary<unknown> =>
    fc.record(
      {
        name: maybe(word),
        key: path,
        type: maybe(fc.constantFrom(...types)),
        reference: maybe(fc.record({ resource_type: fc.constantFrom('identity.Provider', 'inventory.Region', 'y') })),
        options: maybe(
          fc.record(
            {
              default: junk,
              prefix: junk,
              postfix: junk,
              delimiter: maybe(word),
              link,
              sort_key: path,
              is_optional: junk,
              source_unit: maybe(fc.constantFrom('GB', 'BYTES')),
              display_unit: maybe(fc.constantFrom('MB', 'PB')),
              sub_key: path,
              icon: junk,
              key_depth: maybe(fc.integer()),
              source_format: maybe(fc.constant('seconds')),
              field_description: junk,
              image_url: link,
              translation_id: maybe(word),
              ...(depth === 0
                ? {}
                : {
                    items: maybe(fc.dictionary(word, fieldAt(depth - 1), { maxKeys: 3 })),
                    item: fieldAt(depth - 1),
                    layout: layoutAt(depth - 1),
                  }),
            },
            { requiredKeys: [] },
          ),
        ),
      },
      { requiredKeys: ['key'] },
    );
  const layoutAt = (depth: number): fc.Arbitrary<unknown> =>
    fc.record(
      {
        name: maybe(word),
        type: maybe(fc.constantFrom(...layoutTypes)),
        options: maybe(
          fc.record(
            {
              root_path: path,
              unwind: maybe(fc.record({ path })),
              translation_id: maybe(word),
              markdown: maybe(fc.string()),
              headers: maybe(fc.array(word, { maxLength: 3 })),
              default_sort: maybe(fc.record({ key: path, desc: fc.boolean() })),
              disable_search: junk,
              fields: maybe(fc.array(fieldAt(Math.max(0, depth - 1)), { maxLength: 4 })),
              ...(depth === 0
                ? {}
                : {
                    layouts: maybe(fc.array(layoutAt(depth - 1), { maxLength: 3 })),
                    layout: layoutAt(depth - 1),
                  }),
            },
            { requiredKeys: [] },
          ),
        ),
      },
      { requiredKeys: ['type', 'options'] },
    );
  const layout = layoutAt(2);
  const data = fc.record({ a: junk, list: maybe(fc.array(fc.record({ a: junk, b: junk }), { maxLength: 12 })) });

  it('is drawn without a fault, and says nothing that runs', () => {
    fc.assert(
      fc.property(
        fc.array(layout, { maxLength: 3 }),
        data,
        fc.constantFrom('pivot', 'fields'),
        (layouts, given, form) => {
          const markup = markupOf(recordWith(given, { aws: { view: { sub_data: { layouts } } } }), form);
          const hrefs = [...markup.matchAll(/href="([^"]*)"/g)].map(([, href = '']) => href);
          expect(hrefs.filter((href) => !/^(?:https?:\/\/|\/servers\?)/.test(href))).toEqual([]);
          expect(markup).not.toMatch(/<(?:a|button) [^>]*>(?:(?!<\/(?:a|button)>).)*<(?:a|button) /s);
          expect(markup).not.toMatch(/<(?:script|img|iframe|style|object|svg onload)/);
        },
      ),
      { numRuns: 300, seed: 11 },
    );
  });
});
