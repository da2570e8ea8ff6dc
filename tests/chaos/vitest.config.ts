import { defineConfig } from 'vitest/config';
import { lacks } from '../e2e/parts.ts';
import { postgres } from './parts.ts';

/** Processes, databases and clocks that fail. Two files at a time: each has a PostgreSQL and processes of its own, and waits for them. */
export default defineConfig({
  test: {
    root: import.meta.dirname,
    include: lacks(postgres) ? [] : ['**/*.test.ts'],
    passWithNoTests: true,
    maxWorkers: 2,
    // What has to come, comes when it comes: a busy machine is no fault.
    testTimeout: 1_800_000,
    hookTimeout: 300_000,
  },
});
