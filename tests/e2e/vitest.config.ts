import { defineConfig } from 'vitest/config';

/** The product from outside: processes, a browser, signals. Two files at a time: each starts servers of its own, and waits for them. */
export default defineConfig({
  test: {
    root: import.meta.dirname,
    include: ['**/*.test.ts'],
    maxWorkers: 2,
    testTimeout: 600_000,
    hookTimeout: 600_000,
    // What a page shows comes when it comes: a busy machine is no fault.
    expect: { poll: { timeout: 60_000 } },
  },
});
