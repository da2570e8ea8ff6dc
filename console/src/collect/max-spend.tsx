import { useId } from 'react';
import { formatUsd } from '../format.ts';
import { text } from '../text.ts';
import { isEnough } from './max-cost.ts';

interface MaxSpendProps {
  /** As it is typed. */
  readonly value: string;
  /** USD that the plan could cost. */
  readonly bound: number;
  readonly onType: (value: string) => void;
  readonly onLeave: () => void;
}

/** What a run may cost, which has to be what its plan could. */
export function MaxSpend({ value, bound, onType, onLeave }: MaxSpendProps) {
  const note = useId();
  const isTooLittle = !isEnough(value, bound);
  return (
    <div className="form in-line">
      <label>
        <span className="filter-name">{text.collect.most}</span>
        <input
          type="number"
          min="0"
          step="any"
          value={value}
          aria-invalid={isTooLittle}
          aria-describedby={note}
          onChange={({ target }) => onType(target.value)}
          onBlur={onLeave}
        />
      </label>
      <p id={note} className="summary" role="status">
        {isTooLittle ? text.collect.tooLittle(formatUsd(bound)) : text.collect.mostNote}
      </p>
    </div>
  );
}
