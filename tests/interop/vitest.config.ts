import { defineConfig } from 'vitest/config';

/** Against software that nobody here wrote. Two files at a time: each starts servers of its own, and waits for them. */
export default defineConfig({
  test: {
    root: import.meta.dirname,
    include: ['**/*.test.ts'],
    maxWorkers: 2,
    globalSetup: 'cloudforet/install-clients.ts',
    testTimeout: 600_000,
    hookTimeout: 600_000,
  },
});
