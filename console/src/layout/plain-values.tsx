import { formatTime } from '../format.ts';
import { Gauge } from '../parts/gauge.tsx';
import { text } from '../text.ts';
import { affixed } from './affixed.ts';
import { isWebAddress, OutsideLink } from './outside-link.tsx';
import { formatSize } from './sizes.ts';
import { type Dictionary, own, textOf, valueAt, wordsOf } from './value-path.ts';

export interface ValueProps {
  readonly value: unknown;
  readonly options: Dictionary;
}

export function TextValue({ value, options }: ValueProps) {
  const said = textOf(value);
  return said === undefined ? <code>{affixed(wordsOf(value), options)}</code> : affixed(said, options);
}

/** Numbers, in words or not; anything else as it is. */
export function SizeValue({ value, options }: ValueProps) {
  const size = numberOf(value);
  if (size === undefined) return <TextValue value={value} options={options} />;
  const [from, to] = ['source_unit', 'display_unit'].map((key) => textOf(own(options, key)));
  return <>{affixed(formatSize(size, from, to), options)}</>;
}

/** A part of 100, with the `unit` that the layout gives it. */
export function ProgressValue({ value, options }: ValueProps) {
  const part = numberOf(value);
  if (part === undefined) return <TextValue value={value} options={options} />;
  return (
    <>
      <Gauge avg={part} />
      {affixed(`${part}${textOf(own(options, 'unit')) ?? '\u202f%'}`, options)}
    </>
  );
}

/** Written as all times of the console are. */
export function DatetimeValue({ value, options }: ValueProps) {
  const time = timeOf(value, textOf(own(options, 'source_format')));
  if (time === undefined) return <TextValue value={value} options={options} />;
  const iso = time.toISOString();
  return (
    <time dateTime={iso} title={iso}>
      {affixed(formatTime(iso), options)}
    </time>
  );
}

/** Its address: what is loaded from elsewhere tells who looks at what. */
export function ImageValue({ value, options }: ValueProps) {
  const address = textOf(value) || textOf(own(options, 'image_url')) || '';
  if (!isWebAddress(address)) return <>{text.layout.noImage}</>;
  return (
    <>
      <small>{text.layout.imageOff}</small> <OutsideLink href={address}>{address}</OutsideLink>
    </>
  );
}

function numberOf(value: unknown): number | undefined {
  const said = textOf(value);
  const number = said === undefined || said.trim() === '' || typeof value === 'boolean' ? Number.NaN : Number(said);
  return Number.isFinite(number) ? number : undefined;
}

/** Times in seconds reach the year 5138 before those in milliseconds leave 1973. */
const leastMs = 1e11;
const mostMs = 8.64e15;

/** Of an ISO 8601 text, of seconds or milliseconds since 1970, or of `{ seconds }`, as Cloudforet writes it. */
function timeOf(value: unknown, format: string | undefined): Date | undefined {
  const given = valueAt(value, ['seconds']) ?? value;
  const number = numberOf(given);
  const areSeconds = format === 'seconds' || given !== value || Math.abs(number ?? 0) < leastMs;
  const ms = number === undefined ? Date.parse(textOf(given) ?? '') : areSeconds ? number * 1000 : number;
  return Math.abs(ms) <= mostMs ? new Date(ms) : undefined;
}
