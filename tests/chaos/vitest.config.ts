import { defineConfig } from 'vitest/config';

/** Processes, databases and clocks that fail. One file at a time: each has a PostgreSQL and processes of its own. */
export default defineConfig({
  test: {
    root: import.meta.dirname,
    include: ['**/*.test.ts'],
    fileParallelism: false,
    testTimeout: 400_000,
    hookTimeout: 120_000,
  },
});
