import { setTimeout as wait } from 'node:timers/promises';
import { lastDays } from '../../src/model/window.ts';

/** How long a test may take whose runs are all to read the same days. */
export const mostWaitedMs = 600_000;

/** Runs read days that are over and settled: where the next day would be one of them before a test is done, waits until it is. */
export async function untilDayHasTime(): Promise<void> {
  const now = Date.now();
  const { to } = lastDays(1, now);
  if (lastDays(1, now + mostWaitedMs).to === to) return;
  process.stderr.write('waits for the turn of the day\n');
  while (lastDays(1, Date.now()).to === to) await wait(1_000);
}
