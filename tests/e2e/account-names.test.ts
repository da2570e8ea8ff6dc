import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FakePrometheus, startFake } from '../../src/providers/prometheus/testing-prometheus.fixture.ts';
import { type OpenedConsole, openConsole } from './open-console.ts';
import { chromium, lacks } from './parts.ts';
import { runCli } from './run-cli.ts';

const basePath = `/workspaces/${'w'.repeat(90)}`;

let metrics: FakePrometheus;
let opened: OpenedConsole;

/** What its cloud calls an account may be no name, or longer than one. */
describe.skipIf(lacks(chromium))('the names of accounts', () => {
  beforeAll(async () => {
    metrics = await startFake({ basePath });
    opened = await openConsole('account-names', ['--no-demo']);
  });

  afterAll(async () => {
    await opened?.[Symbol.asyncDispose]();
    await metrics?.[Symbol.asyncDispose]();
  });

  it('are suggested as they can be saved', async () => {
    const { page, home } = opened;
    await page.goto(`${home}/accounts/new?provider=prometheus&step=access`);
    await page.getByLabel(/^Address/).fill(metrics.url);
    await page.getByRole('button', { name: 'Test access' }).click();
    await page.getByText('All of it works.').waitFor();
    const name = await page.getByLabel('Name of the account').inputValue();
    expect(name).toMatch(/^prometheus-127\.0\.0\.1-\d+-workspaces-w+$/);
    await opened.screenshot('1-suggested');
    await page.getByRole('button', { name: 'Save and go on' }).click();
    await page.waitForURL(/step=plan/);
    await page.goto(`${home}/accounts`);
    await page.getByRole('link', { name }).click();
    await page.getByRole('heading', { level: 1, name }).waitFor();
    await page.getByText('No run that is kept has read servers by it.').first().waitFor();
  });

  it('have a page where the command line gave longer ones', async () => {
    const { page, home, folder } = opened;
    const name = `prometheus-${new URL(metrics.url).host}${basePath}`;
    const flags = ['--url', metrics.url, '--name', name];
    expect(await runCli(['--data', folder, 'account', 'add', 'prometheus', ...flags], { home: folder })).toMatchObject({
      code: 0,
    });
    await page.goto(`${home}/accounts`);
    await page.getByRole('link', { name }).click();
    await page.waitForURL(/\/accounts\/\d+$/);
    await page.getByRole('heading', { level: 1, name }).waitFor();
  });
});
