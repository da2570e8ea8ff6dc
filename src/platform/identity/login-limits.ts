import { createHash } from 'node:crypto';
import { isIPv4, isIPv6 } from 'node:net';
import { CollectError } from '#model/errors.ts';
import type { LoginAttempts } from '#store/identity.ts';
import type { Store } from '#store/store.ts';

interface Limit {
  /** Failures that cost no waiting. */
  readonly free: number;
}

/** An address may stand for many people. */
const limits = { account: { free: 5 }, address: { free: 20 } } as const satisfies Record<string, Limit>;
const firstWaitMs = 1000;
const longestWaitMs = 15 * 60_000;
/** How long a failure counts. */
const rememberedMs = 24 * 3_600_000;

export interface Attempt {
  readonly domain: string;
  /** As typed; it need not be anybody's. */
  readonly name: string;
  /** IP address of who tries. */
  readonly address: string;
}

/**
 * Counts a try as failed before it is made, so that many at once are counted as many; `forgive` takes it back. After the
 * first few, each makes the next one wait twice as long, up to a quarter of an hour.
 *
 * @throws CollectError `rate_limited` with the time to wait, whether there is such an account or not
 */
export async function countAttempt(store: Store, attempt: Attempt, now: number): Promise<void> {
  for (const [kind, key] of keysOf(attempt)) {
    await store.identity.changeLoginAttempts(key, (known) => {
      const { count, lastAt } = remembered(known, now);
      const waitMs = lastAt + waitAfter(count, limits[kind]) - now;
      if (waitMs <= 0) return { count: count + 1, lastAt: now };
      throw new CollectError('rate_limited', 'too many failed sign-ins', {
        retryAfterMs: waitMs,
        fix: `Try again in ${Math.ceil(waitMs / 1000)} s.`,
      });
    });
  }
}

/** The try went well: the account starts anew, the address gets this one back, and what is old is forgotten. */
export async function forgive(store: Store, attempt: Attempt, now: number): Promise<void> {
  const [[, account], [, address]] = keysOf(attempt);
  await store.identity.changeLoginAttempts(account, () => undefined);
  await store.identity.changeLoginAttempts(address, (known) =>
    known === undefined || known.count <= 1 ? undefined : { ...known, count: known.count - 1 },
  );
  await store.identity.removeLoginAttemptsBefore(now - rememberedMs);
}

/** A clock that was set back must not make anybody wait for it. */
function remembered(known: LoginAttempts | undefined, now: number): LoginAttempts {
  if (known === undefined || now - known.lastAt >= rememberedMs) return { count: 0, lastAt: now };
  return { count: known.count, lastAt: Math.min(known.lastAt, now) };
}

function waitAfter(count: number, { free }: Limit): number {
  return count < free ? 0 : Math.min(firstWaitMs * 2 ** (count - free), longestWaitMs);
}

/** Hashed: somebody may have typed a password where the email belongs. */
function keysOf({ domain, name, address }: Attempt) {
  const digest = createHash('sha256').update(`${domain}\0${name.toLowerCase()}`).digest('base64url');
  return [
    ['account', `account ${digest}`],
    ['address', `address ${networkOf(address)}`],
  ] as const;
}

/** The address, or of IPv6 the /64 that one customer has. */
export function networkOf(address: string): string {
  const [bare = ''] = address.split('%');
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(bare)?.[1];
  if (mapped !== undefined || isIPv4(bare)) return mapped ?? bare;
  if (!isIPv6(bare)) return 'unknown';
  const [head = '', tail] = bare.split('::');
  const groups = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? [] : Array<string>(Math.max(0, 8 - groups.length - after.length)).fill('0');
  const first = [...groups, ...zeros, ...after].slice(0, 4);
  return `${first.map((group) => Number.parseInt(group, 16).toString(16)).join(':')}::/64`;
}
