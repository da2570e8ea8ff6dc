import { useState } from 'react';
import { text } from '../text.ts';
import { FieldValue } from './field-value.tsx';
import { fieldName } from './names.ts';
import type { Field } from './read-field.ts';
import { own } from './value-path.ts';

interface FieldListProps {
  readonly fields: readonly Field[];
  readonly data: unknown;
}

/** Name and value of each field in the layout's own order and types. */
export function FieldList({ fields, data }: FieldListProps) {
  const { shown, toggle } = useOptional(fields);
  return (
    <>
      <dl className="fields">
        {shown.map((field, at) => (
          <div key={at}>
            <dt>{fieldName(field)}</dt>
            <dd>
              <FieldValue field={field} data={data} />
            </dd>
          </div>
        ))}
      </dl>
      {toggle}
    </>
  );
}

/** Fields without the optional ones, which a button adds. */
export function useOptional(fields: readonly Field[]) {
  const [showsAll, setShowsAll] = useState(false);
  const required = fields.filter(({ options }) => own(options, 'is_optional') !== true);
  const hidden = required.length === 0 ? 0 : fields.length - required.length;
  const toggle = hidden > 0 && (
    <button type="button" className="quiet-button" aria-expanded={showsAll} onClick={() => setShowsAll(!showsAll)}>
      {showsAll ? text.layout.required : text.layout.optional(hidden)}
    </button>
  );
  return { shown: showsAll || hidden === 0 ? fields : required, toggle };
}
