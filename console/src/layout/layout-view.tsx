import type { InventoryRecord } from '../../../src/model/record.ts';
import { text } from '../text.ts';
import { FieldList } from './field-list.tsx';
import { PivotTable } from './pivot-table.tsx';
import type { Layout } from './read-layout.ts';

interface LayoutViewProps {
  readonly layout: Layout;
  readonly record: InventoryRecord;
  /** By metric, or field by field as Cloudforet's own console shows it. */
  readonly form: 'pivot' | 'fields';
}

/** Draws a layout that came with a record; what it does not know it shows raw. */
export function LayoutView({ layout, record, form }: LayoutViewProps) {
  switch (layout.kind) {
    case 'list':
      return (
        <div className="layout-list">
          {layout.layouts.map((inner) => (
            <LayoutView key={inner.name} layout={inner} record={record} form={form} />
          ))}
        </div>
      );
    case 'item':
      return (
        <section className="panel">
          <header>
            <h2>{layout.name || text.server.unnamed}</h2>
          </header>
          {form === 'pivot' ? (
            <PivotTable name={layout.name} fields={layout.fields} record={record} />
          ) : (
            <FieldList fields={layout.fields} record={record} />
          )}
        </section>
      );
    case 'unknown':
      return (
        <section className="panel">
          <header>
            <h2>{layout.name || text.server.unnamed}</h2>
          </header>
          <p className="summary">{text.server.unknownLayout(layout.type)}</p>
          <pre>{JSON.stringify(layout.raw, null, 2)}</pre>
        </section>
      );
  }
}
