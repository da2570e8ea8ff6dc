import { InvalidArgumentError } from 'commander';

const [fewest, most] = [90, 3650];

/** Days of history to keep: no fewer than the longest window that is offered. */
export function parseDays(text: string): number {
  const days = Number(text);
  if (Number.isInteger(days) && days >= fewest && days <= most) return days;
  throw new InvalidArgumentError(`It has to be ${fewest} to ${most}.`);
}
