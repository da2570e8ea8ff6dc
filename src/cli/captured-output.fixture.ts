import { afterEach, beforeEach, vi } from 'vitest';

/** What the commands of a test print, in the place of the streams of this process. */
export interface CapturedOutput {
  /** On stdout. */
  out: string;
  /** On stderr. */
  err: string;
}

/** Empty again, as is the exit code, for each test of the file. */
export function captureOutput(): CapturedOutput {
  const heard: CapturedOutput = { out: '', err: '' };
  beforeEach(() => {
    Object.assign(heard, { out: '', err: '' });
    process.exitCode = undefined;
    for (const [stream, name] of [
      [process.stdout, 'out'],
      [process.stderr, 'err'],
    ] as const) {
      vi.spyOn(stream, 'write').mockImplementation((text: string | Uint8Array, ...rest: unknown[]) => {
        heard[name] += String(text);
        const after = rest.at(-1);
        if (typeof after === 'function') after();
        return true;
      });
    }
  });
  afterEach(() => {
    process.exitCode = undefined;
    vi.restoreAllMocks();
  });
  return heard;
}
