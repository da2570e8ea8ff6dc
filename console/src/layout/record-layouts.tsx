import { lazy, Suspense } from 'react';
import type { InventoryRecord } from '../../../src/model/record.ts';
import { Skeleton } from '../parts/notices.tsx';
import { layoutsOf } from './read-layout.ts';

/** No first page needs it. */
const LayoutView = lazy(() => import('./layout-view.tsx').then((module) => ({ default: module.LayoutView })));

/** All layouts that came with a record. @param form by metric, or field by field as Cloudforet's own console shows it */
export function RecordLayouts({ record, form }: { record: InventoryRecord; form: 'pivot' | 'fields' }) {
  const layouts = layoutsOf(record.metadata);
  return (
    <Suspense fallback={<Skeleton rows={10} />}>
      {layouts.map((layout, at) => (
        <LayoutView key={at} layout={layout} record={record} form={form} isNamed={layouts.length > 1} />
      ))}
    </Suspense>
  );
}
