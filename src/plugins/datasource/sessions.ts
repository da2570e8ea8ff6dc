import { createHmac, randomBytes } from 'node:crypto';
import type { Clock } from '#collect/clock.ts';
import { SharedWork } from './shared-work.ts';

interface SessionLimits {
  readonly mostSessions: number;
  /** How long one that nobody uses is kept. */
  readonly idleMs: number;
}

const defaultLimits: SessionLimits = { mostSessions: 256, idleMs: 10 * 60_000 };

interface Entry<T> {
  readonly key: string;
  readonly opening: SharedWork<T>;
  users: number;
  usedAt: number;
}

/**
 * What was signed in to, by secret: a secret signs in once and not with each call. The least recently used go first, and not
 * before their last user is done. A secret is known by a keyed hash alone; one that failed to sign in is not remembered.
 */
export class Sessions<T extends { close(): void }> implements Disposable {
  readonly #clock: Clock;
  readonly #limits: SessionLimits;
  readonly #hashKey = randomBytes(32);
  readonly #stop = new AbortController();
  /** Least recently used first. */
  readonly #entries = new Map<string, Entry<T>>();
  #isSweeping = false;

  constructor(clock: Clock, limits = defaultLimits) {
    this.#clock = clock;
    this.#limits = limits;
  }

  /** Does work with the secret's session, which `open` makes where there is none yet. */
  async use<R>(
    secret: unknown,
    open: (signal: AbortSignal) => Promise<T>,
    work: (session: T) => Promise<R>,
    signal: AbortSignal,
  ): Promise<R> {
    const key = createHmac('sha256', this.#hashKey).update(JSON.stringify(secret)).digest('base64');
    const entry = this.#take(key, open);
    entry.users++;
    try {
      return await work(await entry.opening.wait(signal));
    } finally {
      entry.users--;
      entry.usedAt = this.#clock.now();
      if (entry.users === 0 && this.#entries.get(key) !== entry) close(entry);
    }
  }

  /** Closes all that are not in use, now, and the others when they no longer are. */
  [Symbol.dispose](): void {
    this.#stop.abort();
    for (const entry of this.#entries.values()) this.#drop(entry);
  }

  #take(key: string, open: (signal: AbortSignal) => Promise<T>): Entry<T> {
    const known = this.#entries.get(key);
    if (known?.opening.isAbandoned) this.#drop(known);
    const entry = this.#entries.get(key) ?? this.#open(key, open);
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    const [oldest] = this.#entries.values();
    if (oldest !== undefined && this.#entries.size > this.#limits.mostSessions) this.#drop(oldest);
    if (!this.#isSweeping) void this.#sweep();
    return entry;
  }

  #open(key: string, open: (signal: AbortSignal) => Promise<T>): Entry<T> {
    const opening = new SharedWork(open);
    const entry = { key, opening, users: 0, usedAt: this.#clock.now() };
    opening.result.catch(() => this.#drop(entry));
    return entry;
  }

  #drop(entry: Entry<T>): void {
    if (this.#entries.get(entry.key) === entry) this.#entries.delete(entry.key);
    if (entry.users === 0) close(entry);
  }

  /** Runs while there is a session, and drops those whose time has come. */
  async #sweep(): Promise<void> {
    const { idleMs } = this.#limits;
    this.#isSweeping = true;
    try {
      while (this.#entries.size > 0) {
        await this.#clock.sleep(idleMs / 2, this.#stop.signal);
        const latest = this.#clock.now() - idleMs;
        for (const entry of this.#entries.values()) if (entry.users === 0 && entry.usedAt <= latest) this.#drop(entry);
      }
    } catch {
      // The wait was broken off: there is nothing left to sweep.
    } finally {
      this.#isSweeping = false;
    }
  }
}

function close({ opening }: Entry<{ close(): void }>): void {
  opening.result.then(
    (session) => session.close(),
    () => {},
  );
}
