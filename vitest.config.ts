import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

/** What these do to the process is seen by whoever comes next: providers that are registered, modules that read the environment. */
const alone = ['src/cli/**', 'src/providers/{external,template}/**', 'src/demo/azure/sign-in.test.ts'];

/** Most files share a process with others, as loading the same modules anew takes longer than the tests. */
export default defineConfig({
  test: {
    // What has to come, comes when it comes: a busy machine is no fault.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 60_000 } },
    // On two processors it would be one, and much of what is tested waits.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    projects: [
      {
        extends: true,
        test: {
          name: 'together',
          isolate: false,
          include: ['{src,console/src}/**/*.test.ts', 'tests/*.test.ts'],
          exclude: alone,
        },
      },
      { extends: true, test: { name: 'alone', include: alone.map((path) => path.replace(/\*\*$/, '**/*.test.ts')) } },
    ],
  },
});
