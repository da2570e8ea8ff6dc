import type { InventoryRecord } from '../../../src/model/record.ts';
import { formatBytes } from '../format.ts';
import { text } from '../text.ts';
import { type Field, valueAt } from './read-layout.ts';

/** Name and value of each field in the layout's own words, order and types. */
export function FieldList({ fields, record }: { fields: readonly Field[]; record: InventoryRecord }) {
  return (
    <dl className="fields">
      {fields.map((field) => (
        <div key={`${field.name} ${field.key}`}>
          <dt>{field.name}</dt>
          <dd>
            <FieldValue field={field} record={record} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

export function FieldValue({ field: { type, key }, record }: { field: Field; record: InventoryRecord }) {
  const value = valueAt(record, key);
  if (value === undefined || value === null || value === '') return <span className="missing">–</span>;
  if (type === 'size' && typeof value === 'number') return formatBytes(value);
  if (typeof value !== 'object' && (type === 'text' || type === 'size')) return String(value);
  return (
    <>
      <code>{JSON.stringify(value)}</code> <small>{text.server.unknownField(type)}</small>
    </>
  );
}
