import type { GlobalFlags, ProgressForm } from './global-flags.ts';

/** What is said besides data, and to whom: as the flags of this process have it. */
const manner: { isQuiet: boolean; verbose: number; canAsk: boolean; progress: ProgressForm } = {
  isQuiet: false,
  verbose: 0,
  canAsk: true,
  progress: 'auto',
};

/** Takes the flags of this process to heart. */
export function speak({ quiet = false, verbose, input, progress }: GlobalFlags): void {
  Object.assign(manner, { isQuiet: quiet, verbose, canAsk: input, progress: quiet ? 'none' : progress });
}

/** A note for people, on stderr. */
export function note(text: string): void {
  if (!manner.isQuiet) process.stderr.write(`${text}\n`);
}

/** Whether somebody is there who may be asked. */
export function canAsk(): boolean {
  return manner.canAsk && process.stdin.isTTY === true && process.stderr.isTTY === true;
}

/** 0 to 2, and more. */
export function verbosity(): number {
  return manner.verbose;
}

export function progressForm(): ProgressForm {
  return manner.progress;
}
