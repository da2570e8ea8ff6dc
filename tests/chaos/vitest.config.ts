import { defineConfig } from 'vitest/config';
import { lacks } from '../e2e/parts.ts';
import { postgres } from './parts.ts';

/** Processes, databases and clocks that fail. One file at a time: each has a PostgreSQL and processes of its own. */
export default defineConfig({
  test: {
    root: import.meta.dirname,
    include: lacks(postgres) ? [] : ['**/*.test.ts'],
    passWithNoTests: true,
    fileParallelism: false,
    testTimeout: 300_000,
    hookTimeout: 120_000,
  },
});
