import { type Clock, systemClock } from '#collect/clock.ts';
import { CollectError } from '#model/errors.ts';
import { note } from '../say.ts';

/** How long a server may be away that has begun what is waited for, in milliseconds: it may be begun anew. */
const patienceMs = 60_000;
const firstWaitMs = 500;
const longestWaitMs = 8_000;

/**
 * Reads again where another try may help, for about a minute.
 *
 * @param read changes nothing
 * @throws CollectError the last one; the reason of the signal
 */
export async function patiently<T>(
  read: () => Promise<T>,
  signal: AbortSignal,
  clock: Clock = systemClock,
): Promise<T> {
  const end = clock.now() + patienceMs;
  for (let waitMs = firstWaitMs; ; waitMs = Math.min(waitMs * 2, longestWaitMs)) {
    try {
      return await read();
    } catch (caught) {
      const error = CollectError.from(caught);
      if (!error.retryable || signal.aborted || clock.now() + waitMs > end) throw caught;
      if (waitMs === firstWaitMs) note(`${error.message}; trying again for a minute`);
    }
    await clock.sleep(waitMs, signal);
  }
}
