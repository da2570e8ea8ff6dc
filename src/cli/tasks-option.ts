import { InvalidArgumentError, Option } from 'commander';

/** How many tasks a process runs at once: a task is an account in a region, and mostly waits for its cloud. */
export function tasksOption(): Option {
  return new Option('--tasks <n>', 'accounts and regions that are read at once').argParser(parseCount).default(6);
}

function parseCount(text: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1 || count > 64) throw new InvalidArgumentError('It has to be 1 to 64.');
  return count;
}
