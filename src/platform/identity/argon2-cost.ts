/** What OWASP's Password Storage Cheat Sheet asks of Argon2id: 19 MiB, two passes, one lane. */
export const argon2Cost = { memorySize: 19 * 1024, iterations: 2, parallelism: 1 } as const;

/** What the hashing thread is asked for. */
export interface HashOrder {
  readonly password: string;
  /** The password is held against it; absent where a new one is to be made. */
  readonly hash?: string;
}
