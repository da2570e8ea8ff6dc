import type { RightsizingSummary } from '../../../src/server/rightsizing-api.ts';
import { locale } from '../text.ts';

/** A twelfth of a year. */
const daysPerMonth = 365 / 12;

/** What is saved in a look-back, as if a month went on like it. */
export function perMonth(usd: number, lookBackDays: number): number {
  return (usd / lookBackDays) * daysPerMonth;
}

/** What servers that do nothing, or less than they could, cost more than they had to, in a month. */
export function potentialOf({ classes, policy }: RightsizingSummary): { usd: number; unpriced: number } {
  const { idle, oversized } = classes;
  return {
    usd: perMonth(idle.savings_usd + oversized.savings_usd, policy.look_back_days),
    unpriced: idle.unpriced + oversized.unpriced,
  };
}

/** The day of which the price lists are, `2026-07-20`; the first and the last where they differ. */
export function pricesReadOn({ prices }: Pick<RightsizingSummary, 'prices'>): string {
  const days = prices.map(({ read_on }) => read_on).sort();
  return [...new Set([days[0], days.at(-1)])].join(' – ');
}

/** `$4,367`, and cents where there is little. The sign is left to the words around it. */
export function formatMonth(usd: number): string {
  const size = Math.abs(usd);
  const digits = size > 0 && size < 10 ? 2 : 0;
  return size.toLocaleString(locale, {
    style: 'currency',
    currency: 'USD',
    currencyDisplay: 'narrowSymbol',
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
}

/** `−$74` is what is saved, `+$45` what more is spent. */
export function formatChange(savedUsd: number): string {
  return savedUsd === 0 ? formatMonth(0) : `${savedUsd > 0 ? '−' : '+'}${formatMonth(savedUsd)}`;
}
