import { Fragment, type ReactNode, useState } from 'react';
import { formatCount } from '../format.ts';
import { text } from '../text.ts';
import { affixed } from './affixed.ts';
import { OutsideLink } from './outside-link.tsx';
import type { ValueProps } from './plain-values.tsx';
import { isDictionary, own, textOf, wordsOf } from './value-path.ts';

interface ManyProps {
  readonly items: readonly unknown[];
  readonly draw: (item: unknown) => ReactNode;
  /** What stands between them; each on a line of its own where it is a break. */
  readonly delimiter: string | undefined;
}

const firstShown = 12;
const mostShown = 400;

/** Several values in the place of one: the first dozen, and the others on demand. */
export function Many({ items, draw, delimiter = '<br>' }: ManyProps) {
  const [showsAll, setShowsAll] = useState(false);
  const shown = items.slice(0, showsAll ? mostShown : firstShown);
  const rest = items.length - shown.length;
  const more = rest > 0 && (
    <button type="button" className="quiet-button" disabled={showsAll} onClick={() => setShowsAll(true)}>
      {text.layout.moreValues(formatCount(rest))}
    </button>
  );
  if (!/^<br ?\/?>$/.test(delimiter)) {
    return (
      <>
        {shown.map((item, at) => (
          <Fragment key={at}>
            {at > 0 && delimiter}
            {draw(item)}
          </Fragment>
        ))}{' '}
        {more}
      </>
    );
  }
  return (
    <ul className="values">
      {shown.map((item, at) => (
        <li key={at}>{draw(item)}</li>
      ))}
      {more !== false && <li>{more}</li>}
    </ul>
  );
}

/** Keys and values side by side. */
export function DictValue({ value, options }: ValueProps) {
  const dictionary = unpacked(value);
  const link = textOf(own(options, 'link'));
  if (!isDictionary(dictionary)) return <OutsideLink href={link}>{affixed(wordsOf(value), options)}</OutsideLink>;
  const draw = (key: unknown) => (
    <span className="key-value">
      <b>{wordsOf(key)}</b>{' '}
      <OutsideLink href={link}>{affixed(wordsOf(own(dictionary, wordsOf(key))), options)}</OutsideLink>
    </span>
  );
  return <Many items={Object.keys(dictionary)} draw={draw} delimiter={undefined} />;
}

/** Of `data.compute` the inventory keeps texts alone: what was deeper is JSON there. */
export function unpacked(value: unknown): unknown {
  const packed = textOf(value);
  if (packed === undefined || !/^[[{]/.test(packed)) return value;
  try {
    return JSON.parse(packed);
  } catch {
    return value;
  }
}
