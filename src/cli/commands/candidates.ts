import type { Command } from 'commander';
import { candidates } from '../completion.ts';
import { storedValues } from '../completion-values.ts';
import { print } from '../output.ts';

/** A line for each candidate, what it is after a tab. */
export function addCandidatesCommand(program: Command): void {
  program
    .command('__complete', { hidden: true })
    .argument('[words...]', 'after --, the last one as far as it is typed')
    .action(async (words: string[]) => {
      const found = await candidates(words, storedValues);
      if (found.length > 0)
        await print(found.map(({ text, about }) => `${text}\t${about.replaceAll(/\s+/g, ' ')}`).join('\n'));
    });
}
