import { getRouteApi, Link } from '@tanstack/react-router';
import type { InventoryRecord } from '../../../src/model/record.ts';
import { layoutsOf } from '../layout/read-layout.ts';
import { RecordLayouts } from '../layout/record-layouts.tsx';
import { EmptyNotice } from '../parts/notices.tsx';
import { text } from '../text.ts';

const route = getRouteApi('/servers/$id');

export function PerformanceTab({ record }: { record: InventoryRecord }) {
  const { form } = route.useSearch();
  const { id } = route.useParams();
  if (layoutsOf(record.metadata).length === 0) {
    return (
      <EmptyNotice title={text.server.noLayout}>
        <p>{text.server.noLayoutFix}</p>
      </EmptyNotice>
    );
  }
  return (
    <>
      <nav className="switch form-switch" aria-label={text.server.form}>
        {([undefined, 'fields'] as const).map((each) => (
          <Link
            key={each ?? 'pivot'}
            to="/servers/$id"
            params={{ id }}
            search={each === undefined ? {} : { form: each }}
            activeOptions={{ exact: true, includeSearch: true }}
            aria-current={each === form ? 'page' : undefined}
            resetScroll={false}
          >
            {each === undefined ? text.server.pivot : text.server.fields}
          </Link>
        ))}
      </nav>
      <RecordLayouts key={id} record={record} form={form ?? 'pivot'} />
    </>
  );
}
