import type { BudgetReply } from '../../../src/server/budget-api.ts';
import { formatUsd } from '../format.ts';
import { text } from '../text.ts';
import { ShareBar } from './gauge.tsx';
import { Mark } from './state-mark.tsx';

/** `Cost this month $11.80 of $50.00` */
export function MonthFigure({ budget: { month_usd: limit }, month }: BudgetReply) {
  const { usd, usd_at_most: atMost, held_usd: held, left_usd: left, is_warning: isWarning } = month;
  const facts = [
    ...(atMost > usd ? [text.budget.atMost(formatUsd(atMost))] : []),
    ...(held > 0 ? [text.budget.held(formatUsd(held))] : []),
    ...(left === null ? [] : [text.budget.left(formatUsd(left))]),
  ];
  return (
    <div className="month-figure">
      <p>
        {text.budget.month}{' '}
        <b>
          {limit === null ? text.budget.noLimit(formatUsd(usd)) : text.budget.ofLimit(formatUsd(usd), formatUsd(limit))}
        </b>
      </p>
      {limit !== null && <ShareBar part={Math.min(1, atMost / limit)} />}
      {isWarning && <Mark tone="warn" word={text.budget.near} />}
      {facts.length > 0 && <small>{facts.join(' · ')}</small>}
    </div>
  );
}
