import {
  createMemoryHistory,
  createRootRoute,
  createRouter,
  RouterContextProvider,
  type RouterHistory,
} from '@tanstack/react-router';
import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import type { InventoryRecord } from '../../../src/model/record.ts';
import { LayoutView } from './layout-view.tsx';
import { layoutsOf } from './read-layout.ts';

const history: RouterHistory = createMemoryHistory({ initialEntries: ['/servers/1'] });
const router = createRouter({ routeTree: createRootRoute(), history });

/** The markup of all layouts of a record, as the server's page first shows it. */
export function markupOf(record: InventoryRecord, form: 'pivot' | 'fields'): string {
  const layouts = layoutsOf(record.metadata).map((layout, key) =>
    createElement(LayoutView, { key, layout, record, form, isNamed: true }),
  );
  return renderToStaticMarkup(createElement(RouterContextProvider, { router, children: layouts }));
}

const entities: Readonly<Record<string, string>> = {
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&#x27;': "'",
  '&amp;': '&',
};

/** What a reader sees of it, a line for each heading, row and field. */
export function linesOf(markup: string): string[] {
  return markup
    .replace(/<\/(?:th|td|dt)>/g, ' │ ')
    .replace(/<h\d[^>]*>/g, '\n# ')
    .replace(/<\/(?:tr|dd|h\d|p|header)>|<(?:dl|tr)[^>]*>/g, '\n')
    .replace(/<[^>]*>/g, '')
    .replace(/&(?:lt|gt|quot|#x27|amp);/g, (name) => entities[name] ?? name)
    .replaceAll('\u202f', ' ')
    .split('\n')
    .map((line) => line.replace(/[\s│]+$/, '').trim())
    .filter((line) => line !== '');
}

export const plainRecord: InventoryRecord = {
  provider: 'aws',
  cloud_service_group: 'EC2',
  cloud_service_type: 'Instance',
  account: '123456789012',
  region_code: 'ap-northeast-2',
  name: 'web-1',
  instance_type: 'm7i.large',
  reference: { resource_id: 'i-1' },
  tags: {},
  data: {},
  metadata: {},
};
