import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import pLimit from 'p-limit';
import { z } from 'zod';
import { CollectError } from '#model/errors.ts';
import { argon2Cost, type HashOrder } from './argon2-cost.ts';

const shortest = 12;
/** Longer ones would cost time to hash, and are none that anybody types. */
const longest = 256;

/** A password that somebody chooses. Compared in normal form C: keyboards differ in how they make accents. */
export const NewPassword = z
  .string()
  .transform((text) => text.normalize('NFC'))
  .pipe(z.string().min(shortest, `a password has ${shortest} characters or more`).max(longest))
  .describe('12 to 256 characters; what they are is your choice.');

/** Hashings at once; each takes a core and 19 MiB. */
const limit = pLimit(2);
const longestQueue = 10;

/** The hash of a password that nobody knows, so that a sign-in takes as long where there is no such user. */
const nobodysHash = `$argon2id$v=19$${costText()}$ZmxlZXRnYXVnZS1ub2JvZHk$2fT8sXV3WJJTo6GAQ1rmOQnVb9hXpVq2XnpZqk8yCF0`;

/** @returns an Argon2id hash in PHC form, salt and cost in it */
export async function hashPassword(password: string): Promise<string> {
  return z.string().parse(await hashInThread({ password }));
}

/**
 * Whether this is the password; takes the same time where there is none.
 *
 * @param hash undefined for a user who has none, or who does not exist: the answer is no
 * @throws CollectError `rate_limited` where too many wait already
 */
export async function isPassword(password: string, hash: string | undefined): Promise<boolean> {
  const order = { password: password.normalize('NFC'), hash: hash ?? nobodysHash };
  const isRight = z.boolean().parse(await hashInThread(order));
  return isRight && hash !== undefined;
}

/** Whether it was hashed at another cost than today's. */
export function isOutdated(hash: string): boolean {
  return !hash.startsWith(`$argon2id$v=19$${costText()}$`);
}

function costText(): string {
  return `m=${argon2Cost.memorySize},t=${argon2Cost.iterations},p=${argon2Cost.parallelism}`;
}

async function hashInThread(order: HashOrder): Promise<unknown> {
  if (limit.pendingCount >= longestQueue) {
    throw new CollectError('rate_limited', 'too many sign in at once', {
      retryAfterMs: 5000,
      fix: 'Try again shortly.',
    });
  }
  return limit(async () => {
    const worker = new Worker(new URL('./argon2-worker.ts', import.meta.url), { workerData: order });
    const [answer] = await once(worker, 'message');
    return answer;
  });
}
