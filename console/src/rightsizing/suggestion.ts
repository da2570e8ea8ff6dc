import type { RightsizingDetail } from '../../../src/server/rightsizing-api.ts';
import { formatCount } from '../format.ts';
import { text } from '../text.ts';
import { formatMonth, perMonth } from './month.ts';

/** What is suggested: to stop it, or another size. */
export function suggestedOf(suggestion: NonNullable<RightsizingDetail['suggestion']>): string {
  const words = text.rightsizing;
  const what =
    suggestion.action === 'stop'
      ? words.stop
      : words.sizeOf(suggestion.instance_type, formatCount(suggestion.vcpus), formatCount(suggestion.gib));
  return words.suggested(what);
}

/** What it saves a month, or costs; undefined where no price is known. */
export function savingOf({ savings, policy }: Pick<RightsizingDetail, 'savings' | 'policy'>): string | undefined {
  if (savings === null) return undefined;
  const month = perMonth(savings.usd, policy.look_back_days);
  return month < 0 ? text.rightsizing.costs(formatMonth(month)) : text.rightsizing.saves(formatMonth(month));
}
