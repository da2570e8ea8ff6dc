/** What is left of the fields that were touched once some values of them are saved. */
export function withoutSaved<T extends object>(touched: Partial<T>, saved: Partial<T>): Partial<T> {
  const left = { ...touched };
  for (const key in saved) if (isSame(left[key], saved[key])) delete left[key];
  return left;
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
