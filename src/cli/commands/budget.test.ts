import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { account, startCloud } from '#providers/aws/testing-fleet.fixture.ts';
import { temporaryFolder } from '#store/testing/temporary-folder.ts';
import type { AwsCloud } from '../../demo/aws/server.ts';

const main = fileURLToPath(new URL('../main.ts', import.meta.url));
let cloud: AwsCloud;

beforeAll(async () => {
  cloud = await startCloud({ accounts: [{ ...account, regions: { 'eu-west-1': 3 } }] });
});
afterAll(() => cloud.stop());

interface Ended {
  readonly code: number | string | null | undefined;
  readonly out: string;
  readonly err: string;
}

/** With nothing of the user's own but the keys of the simulated account. */
function fleetgauge(...words: readonly string[]): Promise<Ended> {
  const { accessKeyId: AWS_ACCESS_KEY_ID, secretAccessKey: AWS_SECRET_ACCESS_KEY } = account;
  const env = { PATH: process.env.PATH, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_ENDPOINT_URL: cloud.url };
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [main, ...words], { env }, (error, out, err) =>
      resolve({ code: error === null ? 0 : error.code, out, err }),
    );
    onTestFinished(() => void child.kill());
  });
}

it('ends with 5 where the budget does not let a run begin, and says what, why and what helps', async () => {
  const data = ['--data', await temporaryFolder()];
  const collect = [...data, 'collect', 'aws', '--regions', 'eu-west-1', '--days', '2', '--yes'];
  const set = await fleetgauge(...data, 'budget', 'set', '--run', '0.00001', '--month', '50');
  expect(set).toMatchObject({ code: 0, err: expect.stringContaining('at most $0 of $50.00') });
  const refused = await fleetgauge(...collect);
  expect(refused.err).toMatch(/Budget .+a run up to/);
  expect(refused).toMatchObject({ code: 5, err: expect.stringMatching(/the run could cost.+--over-budget/s) });
  expect(cloud.stats.rows().some(({ operation }) => operation === 'GetMetricData')).toBe(false);

  const passed = await fleetgauge(...collect, '--over-budget');
  expect(passed).toMatchObject({ code: 0, err: expect.stringContaining('3 created') });
  const { out } = await fleetgauge(...data, 'budget', 'show', '-o', 'json');
  const [{ spending, budget }] = JSON.parse(out).data;
  expect(budget).toEqual({ run_usd: 0.00001, month_usd: 50, warn_percent: 80 });
  expect(spending.usd).toBeGreaterThan(0);
  expect(spending.heldUsd).toBe(0);
  const audit = JSON.parse((await fleetgauge(...data, 'audit', '-o', 'json')).out).data;
  expect(audit.map(({ action }: { action: string }) => action)).toContain('budget.set');
});

it.each([
  ['--run', '0'],
  ['--month', '-1'],
  ['--warn', '101'],
  ['--run', 'much'],
])('refuses %s %s', async (...flags) => {
  const data = ['--data', await temporaryFolder()];
  expect((await fleetgauge(...data, 'budget', 'set', ...flags)).code).toBe(2);
});
