import { InvalidArgumentError } from 'commander';

/** The number of a job. */
export function parseId(text: string): number {
  const id = Number(text);
  if (!Number.isInteger(id) || id < 1) throw new InvalidArgumentError('It has to be the number of a job.');
  return id;
}
