import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

/** The suites of the platform once more, on a real PostgreSQL. */
export default defineConfig({
  test: {
    root: fileURLToPath(new URL('../..', import.meta.url)),
    include: [
      'src/store/{inventory,history,jobs,tasks,schedules,accounts,search,identity,rightsizing,data-sources,plugins,audit,facets,lists,hexagons,call-quarters,coverage,exports}.test.ts',
      'src/store/sql/*.test.ts',
      'src/store/transfer/*.test.ts',
      'src/store/postgres/*.test.ts',
      'src/platform/**/*.test.ts',
      'src/jobs/*.test.ts',
      'src/server/*.test.ts',
      'tests/postgres/*.test.ts',
    ],
    globalSetup: fileURLToPath(new URL('./start-postgres.ts', import.meta.url)),
    maxWorkers: 2,
    // What has to come, comes when it comes: a busy machine is no fault.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    expect: { poll: { timeout: 60_000 } },
  },
});
