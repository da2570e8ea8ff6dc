import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** A real process of its own that runs a script. */
export interface Child {
  readonly process: ChildProcessWithoutNullStreams;
  /** What it printed so far. */
  readonly lines: readonly string[];
  /** Resolves with the next line that it prints. */
  nextLine(): Promise<string>;
  /** Resolves when it has ended and all that it printed is in `lines`. @returns its exit code; null after a kill */
  ended: Promise<number | null>;
}

export function startChild(script: URL, ...args: string[]): Child {
  const path = fileURLToPath(script);
  const child = spawn(process.execPath, [path, ...args]);
  const lines: string[] = [];
  const reader = createInterface(child.stdout);
  reader.on('line', (line) => lines.push(line));
  child.stderr.pipe(process.stderr);
  return {
    process: child,
    lines,
    nextLine: async () => {
      const [line] = await once(reader, 'line', { signal: AbortSignal.timeout(60_000) });
      return String(line);
    },
    ended: Promise.all([once(child, 'exit'), once(reader, 'close')]).then(([[code]]) =>
      typeof code === 'number' ? code : null,
    ),
  };
}
