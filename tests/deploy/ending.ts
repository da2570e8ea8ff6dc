import type { RunningCli } from '../e2e/run-cli.ts';

/** Tells a process to end, and waits as long as what runs it would. @returns its exit code, or the signal that ended it */
export async function endWithin({ child, ended }: RunningCli, graceSeconds: number): Promise<number | string | null> {
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), graceSeconds * 1000);
  const { code, signal } = await ended;
  clearTimeout(timer);
  return signal ?? code;
}
