import { defineConfig } from 'vitest/config';

/** The product from outside: processes, a browser, signals. One file at a time: each starts servers of its own. */
export default defineConfig({
  test: {
    root: import.meta.dirname,
    include: ['**/*.test.ts'],
    fileParallelism: false,
    testTimeout: 180_000,
    hookTimeout: 180_000,
    // What a page shows comes when it comes: a busy machine is no fault.
    expect: { poll: { timeout: 20_000 } },
  },
});
