import type { ReactNode } from 'react';
import { text } from '../text.ts';
import { DictValue, Many, unpacked } from './many-values.tsx';
import { BadgeValue, StateValue } from './mark-values.tsx';
import { MoreValue } from './more-value.tsx';
import { isWebAddress, OutsideLink } from './outside-link.tsx';
import { DatetimeValue, ImageValue, ProgressValue, SizeValue, TextValue, type ValueProps } from './plain-values.tsx';
import type { Field, Reference } from './read-field.ts';
import { ReferenceLink } from './reference-link.tsx';
import { isBlank, isDictionary, own, pathOf, textOf, valueAt, wordsOf } from './value-path.ts';

/** What a field shows of a record, or of a row. */
export function FieldValue({ field, data }: { field: Field; data: unknown }) {
  const { type, path, options, reference } = field;
  if (type === 'more') return <MoreValue field={field} data={data} />;
  return <Value type={type} value={valueAt(data, path)} options={options} reference={reference} />;
}

interface TypedValue extends ValueProps {
  readonly type: string;
  readonly reference?: Reference | undefined;
}

const simpleTypes: Readonly<Record<string, (props: ValueProps) => ReactNode>> = {
  text: TextValue,
  size: SizeValue,
  datetime: DatetimeValue,
  progress: ProgressValue,
  image: ImageValue,
  badge: BadgeValue,
  state: StateValue,
  dict: DictValue,
};

function Value({ type, value: found, options, reference }: TypedValue): ReactNode {
  const value = isBlank(found) ? own(options, 'default') : found;
  const isFixedImage = type === 'image' && own(options, 'image_url') !== undefined;
  if (isBlank(value) && !isFixedImage) return <span className="missing">–</span>;
  if (type === 'list') return <ListValue value={value} options={options} reference={reference} />;
  if (Array.isArray(value)) {
    // The default stands for the whole: an item of it that is blank is blank.
    const inner = { ...options, default: undefined };
    const draw = (each: unknown) => <Value type={type} value={each} options={inner} reference={reference} />;
    return <Many items={value} draw={draw} delimiter={textOf(own(options, 'delimiter'))} />;
  }
  if (type === 'enum') return <EnumValue value={value} options={options} reference={reference} />;
  const content = <SimpleValue type={type} value={value} options={options} />;
  // These have links of their own, and there are none in a link.
  if (type === 'image' || type === 'dict') return content;
  const link = textOf(own(options, 'link'));
  if (link !== undefined && isWebAddress(link)) return <OutsideLink href={link}>{content}</OutsideLink>;
  return (
    <ReferenceLink reference={reference} id={textOf(value)}>
      {content}
    </ReferenceLink>
  );
}

function SimpleValue({ type, value, options }: TypedValue) {
  const Simple = Object.hasOwn(simpleTypes, type) ? simpleTypes[type] : undefined;
  if (Simple !== undefined) return <Simple value={value} options={options} />;
  return (
    <>
      <code>{wordsOf(value)}</code> <small>{text.server.unknownField(type)}</small>
    </>
  );
}

type InnerValue = Omit<TypedValue, 'type'>;

/** Each item by `options.item`, of itself or of what it has at `sub_key`. */
function ListValue({ value, options, reference }: InnerValue) {
  const item = own(options, 'item');
  const link = own(options, 'link');
  const given = own(item, 'options');
  const inner = { ...(link === undefined ? {} : { link }), ...(isDictionary(given) ? given : {}) };
  const path = pathOf(textOf(own(options, 'sub_key')) ?? '');
  const whole = unpacked(value);
  const found = (Array.isArray(whole) ? whole : [whole]).flatMap((each) => valueAt(each, path) ?? []);
  if (found.every(isBlank)) return <span className="missing">–</span>;
  const draw = (each: unknown) => (
    <Value type={textOf(own(item, 'type')) ?? 'text'} value={each} options={inner} reference={reference} />
  );
  return (
    <Many items={found.filter((each) => !isBlank(each))} draw={draw} delimiter={textOf(own(options, 'delimiter'))} />
  );
}

/** By its value, out of `options.items`, or of the options themselves as older plugins write them. */
function EnumValue({ value, options, reference }: InnerValue) {
  const word = textOf(value) ?? '';
  const item = own(own(options, 'items') ?? options, word);
  const given = own(item, 'options');
  return (
    <Value
      type={textOf(own(item, 'type')) ?? 'text'}
      value={textOf(item) ?? own(item, 'name') ?? value}
      options={isDictionary(given) ? given : {}}
      reference={reference}
    />
  );
}
