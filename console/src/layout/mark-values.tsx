import { Mark } from '../parts/state-mark.tsx';
import { affixed } from './affixed.ts';
import type { ValueProps } from './plain-values.tsx';
import { own, textOf, valueAt, wordsOf } from './value-path.ts';

type Tone = Parameters<typeof Mark>[0]['tone'];

/** Cloudforet's colours by what they stand for, as `green.500` has contrast on white paper alone. */
const tones: Readonly<Record<string, Tone>> = {
  green: 'good',
  blue: 'active',
  peacock: 'active',
  indigo: 'active',
  violet: 'active',
  yellow: 'warn',
  coral: 'warn',
  orange: 'warn',
  red: 'bad',
};

/** The first that is a colour of ours. */
function toneOf(...colors: readonly unknown[]): Tone {
  const families = colors.flatMap((color) => textOf(color)?.toLowerCase().split('.')[0] ?? []);
  const known = families.find((family) => Object.hasOwn(tones, family));
  return (known === undefined ? undefined : tones[known]) ?? 'quiet';
}

export function StateValue({ value, options }: ValueProps) {
  const tone = toneOf(valueAt(options, ['icon', 'color']), own(options, 'text_color'));
  return <Mark tone={tone} word={affixed(wordsOf(value), options)} />;
}

export function BadgeValue({ value, options }: ValueProps) {
  const outline = own(options, 'outline_color');
  const tone = toneOf(outline, own(options, 'background_color'), own(options, 'text_color'));
  const shape = textOf(own(options, 'shape'))?.toUpperCase() === 'SQUARE' ? ' square' : '';
  return (
    <span className={`badge ${tone}${shape}${outline === undefined ? '' : ' outlined'}`}>
      {affixed(wordsOf(value), options)}
    </span>
  );
}
