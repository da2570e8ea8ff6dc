import { CollectError } from '#model/errors.ts';
import { exitCodes } from './exit-codes.ts';
import { note } from './say.ts';

/**
 * Follows a run that others do, until it has ended or `stopping` aborts. That it is followed no longer does not end it, which is said.
 *
 * @throws CollectError whatever `follow` does, unless it was stopped
 */
export async function following(id: number, stopping: AbortSignal, follow: () => Promise<void>): Promise<void> {
  try {
    await follow();
  } catch (caught) {
    if (stopping.aborted || CollectError.from(caught).retryable)
      note(`Job ${id} goes on.  fleetgauge job watch ${id}, or fleetgauge job cancel ${id}`);
    if (!stopping.aborted) throw caught;
    process.exitCode = exitCodes.interrupted;
  }
}
