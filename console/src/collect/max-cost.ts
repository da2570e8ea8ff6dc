/** Behind the point, of USD that stand in a field: what is less than the last of them is no difference. */
const digits = 6;

/** What stands in the field where nobody has said what a run may cost: what its plan could. USD. */
export function shownBound(bound: number): string {
  return String(Number(bound.toFixed(digits)));
}

/** @param typed what the run may cost, USD; as much as its plan could where it is empty */
export function isEnough(typed: string, bound: number): boolean {
  return typed === '' || bound === 0 || Number(typed) > bound - 10 ** -digits;
}

/** What a run may cost that may cost enough, and never less than its plan could by a rounding. USD. */
export function maxCostOf(typed: string, bound: number): number {
  return Math.max(bound, Number(typed));
}

/** What the address keeps of it. */
export function amountOf(typed: string): number | undefined {
  const amount = Number(typed);
  return amount > 0 && Number.isFinite(amount) ? amount : undefined;
}
