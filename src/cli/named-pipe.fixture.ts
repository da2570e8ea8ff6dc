import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A pipe that has a name, and no reader yet. */
export async function makePipe(file: string): Promise<void> {
  await run('mkfifo', [file]);
}

/** All that is written to it. */
export async function readPipe(file: string): Promise<string> {
  return (await run('cat', [file])).stdout;
}
