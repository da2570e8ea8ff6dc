import { InvalidArgumentError } from 'commander';

/** 0 stands for all. */
export function parseLimit(text: string): number {
  const limit = Number(text);
  if (text.trim() === '' || !Number.isInteger(limit) || limit < 0)
    throw new InvalidArgumentError('It has to be a whole number, 0 for all.');
  return limit;
}
