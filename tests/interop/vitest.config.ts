import { defineConfig } from 'vitest/config';

/** Against software that nobody here wrote. One file at a time: each starts servers of its own. */
export default defineConfig({
  test: {
    root: import.meta.dirname,
    include: ['**/*.test.ts'],
    fileParallelism: false,
    testTimeout: 180_000,
    hookTimeout: 180_000,
  },
});
