import { defineConfig } from 'vitest/config';

/** What `deploy/` holds: checked by schemas that nobody here wrote, and run as processes on a real PostgreSQL. */
export default defineConfig({
  test: {
    root: import.meta.dirname,
    include: ['**/*.test.ts'],
    fileParallelism: false,
    testTimeout: 300_000,
    // What has to come, comes when it comes: a busy machine is no fault.
    expect: { poll: { timeout: 60_000 } },
    // The renderer is compiled first, and with it Go's own library where it has never been.
    hookTimeout: 300_000,
  },
});
