import { InvalidArgumentError } from 'commander';

export function parseUsd(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !(value >= 0)) throw new InvalidArgumentError('It has to be a sum in USD.');
  return value;
}
