import type { ReactNode } from 'react';
import type { InventoryRecord } from '../../../src/model/record.ts';
import { text } from '../text.ts';
import { Drawing } from './drawing.ts';
import { FieldList } from './field-list.tsx';
import { HtmlView } from './html-view.tsx';
import { MarkdownView } from './markdown-view.tsx';
import { layoutName } from './names.ts';
import { PivotTable } from './pivot-table.tsx';
import { Popup } from './popup.tsx';
import { RawView } from './raw-view.tsx';
import { columnOf, type Layout } from './read-layout.ts';
import { TableView } from './table-view.tsx';
import { isDictionary, valueAt } from './value-path.ts';

interface LayoutViewProps {
  readonly layout: Layout;
  readonly record: InventoryRecord;
  /** By metric, or field by field as Cloudforet's own console shows it. */
  readonly form: 'pivot' | 'fields';
  /** Names a list above its parts, where there is more than the one. */
  readonly isNamed?: boolean;
}

/** Draws a layout that came with a record; what it does not know it shows raw. */
export function LayoutView({ layout, record, form, isNamed = false }: LayoutViewProps) {
  return (
    <Drawing value={drawInner}>
      {layout.kind === 'list' && isNamed && <h2 className="layout-name">{layoutName(layout)}</h2>}
      <Drawn
        layout={layout}
        data={record}
        pivoted={form === 'pivot' ? record : undefined}
        heading={isNamed && layout.kind === 'list' ? 'h3' : 'h2'}
      />
    </Drawing>
  );
}

/** In a layer, which has its own heading. */
function drawInner(layout: Layout, data: unknown): ReactNode {
  return <Drawn layout={layout} data={data} pivoted={undefined} heading="h3" />;
}

interface DrawnProps {
  readonly layout: Layout;
  /** What its paths lead from. */
  readonly data: unknown;
  /** The record that says where values come from, where statistics are to be columns. */
  readonly pivoted: InventoryRecord | undefined;
  readonly heading: 'h2' | 'h3';
}

function Drawn(props: DrawnProps) {
  const { layout } = props;
  if (layout.kind === 'list') {
    return (
      <div className="layout-list">
        {layout.layouts.map((inner, at) => (
          <Drawn key={at} {...props} layout={inner} />
        ))}
      </div>
    );
  }
  const name = layoutName(layout);
  const Heading = props.heading;
  return (
    <section className={layout.kind === 'table' ? 'panel wide' : 'panel'}>
      {name !== '' && (
        <header>
          <Heading>{name}</Heading>
        </header>
      )}
      <Content {...props} layout={layout} name={name} />
    </section>
  );
}

interface ContentProps extends DrawnProps {
  readonly layout: Exclude<Layout, { kind: 'list' }>;
  readonly name: string;
}

function Content({ layout, data, pivoted, name }: ContentProps) {
  switch (layout.kind) {
    case 'item': {
      const { path } = layout;
      const found = valueAt(data, path);
      const keys = isDictionary(found) ? Object.keys(found) : [];
      const fields =
        layout.fields.length > 0 ? layout.fields : keys.map((key) => ({ ...columnOf(key), path: [...path, key] }));
      if (pivoted !== undefined) return <PivotTable name={name} fields={fields} record={pivoted} />;
      return <FieldList fields={fields} data={data} />;
    }
    case 'table':
      return <TableView name={name} layout={layout} data={data} />;
    case 'raw':
      return <RawView value={valueAt(data, layout.path)} />;
    case 'html':
      return <HtmlView value={valueAt(data, layout.path)} />;
    case 'markdown':
      return <MarkdownView markdown={layout.markdown} data={valueAt(data, layout.path)} />;
    case 'popup':
      return (
        <div className="layout-opener">
          <Opener title={name || layoutName(layout.layout) || text.layout.value} layout={layout.layout} data={data} />
        </div>
      );
    case 'unknown':
      return (
        <>
          <p className="summary">{text.server.unknownLayout(layout.type)}</p>
          <RawView value={layout.raw} />
        </>
      );
  }
}

function Opener({ title, layout, data }: { title: string; layout: Layout; data: unknown }) {
  return <Popup label={text.layout.open(title)} title={title} content={() => drawInner(layout, data)} />;
}
