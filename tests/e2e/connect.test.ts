import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AwsCloud, startAwsCloud } from '../../src/demo/aws/server.ts';
import { type OpenedConsole, openConsole } from './open-console.ts';
import { chromium, lacks } from './parts.ts';

const account = {
  id: '310000000001',
  name: 'own',
  accessKeyId: 'AKIADEMOCONNECT00001',
  secretAccessKey: 'demoConnectSecretThatOpensNothingReal001',
  regions: { 'us-east-1': 30, 'eu-west-1': 8 },
};
const fleet = 38;
const denied = { deniedCloudwatch: ['*/eu-west-1'] };

let cloud: AwsCloud;
let home: string;
let opened: OpenedConsole;
let page: Page;
let beganAt: number;

/** From an empty folder to the first real record, with what goes wrong on the way. */
describe.skipIf(lacks(chromium))('connecting a cloud in the console', () => {
  beforeAll(async () => {
    cloud = await startAwsCloud({ accounts: [account], faults: { quotaMultiplier: 100, ...denied } });
    beganAt = performance.now();
    opened = await openConsole('connect', ['--no-demo']);
    ({ home, page } = opened);
  });

  afterAll(async () => {
    await opened?.[Symbol.asyncDispose]();
    await cloud?.stop();
  });

  it('says of a wrong key what helps, and keeps a draft without it', async () => {
    await page.goto(`${home}/accounts`);
    await page.getByText('No cloud is connected yet').waitFor();
    await opened.screenshot('1-no-account');
    await page.getByRole('link', { name: 'Connect a cloud' }).click();
    await page.getByRole('link', { name: /Amazon Web Services/ }).click();
    await page.getByLabel('Access key, sealed here').check();
    await page.getByLabel('Access key ID').fill(account.accessKeyId);
    await page.getByLabel('Secret access key').fill(`${account.secretAccessKey.slice(0, -3)}xyz`);
    await page.getByText('More: roles, regions, endpoints').click();
    await page.getByLabel(/^Endpoint/).fill(cloud.url);
    await opened.screenshot('2-access');
    await page.getByRole('button', { name: 'Test access' }).click();
    await page.getByText('The key is wrong, or was revoked').waitFor();
    await opened.screenshot('3-wrong-key');
    const kept = await page.evaluate('JSON.stringify({ ...sessionStorage, ...localStorage })');
    expect(kept).toContain(account.accessKeyId);
    expect(kept).not.toContain('demoConnectSecret');
  });

  it('tells the exact statement that is missing, and sees it when it is there', async () => {
    await page.getByRole('link', { name: 'Back to access' }).click();
    expect(await page.getByLabel('Access key ID').inputValue()).toBe(account.accessKeyId);
    await page.getByLabel('Secret access key').fill(account.secretAccessKey);
    await page.getByRole('button', { name: 'Test access' }).click();
    await page.getByText('Some of it does not work yet.').waitFor();
    const statement = page.getByRole('region', { name: 'Add this to the permissions' });
    expect(JSON.parse((await statement.textContent()) ?? '')).toMatchObject({
      Effect: 'Allow',
      Action: ['cloudwatch:GetMetricData'],
    });
    await opened.screenshot('4-statement');
    cloud.faults.set({ deniedCloudwatch: [] });
    await page.getByRole('button', { name: 'Test again' }).click();
    await page.getByText('All of it works.').waitFor();
    await opened.screenshot('5-works');
  });

  it('plans, says the price in the button, and reads the first servers within two minutes', async () => {
    await page.getByLabel('Name of the account').fill('own');
    await page.getByRole('button', { name: 'Save and go on' }).click();
    const run = page.getByRole('button', { name: /^Run · about \$\d/ });
    await run.waitFor();
    expect(await page.getByRole('region', { name: 'Plan' }).textContent()).toContain(`${fleet} servers`);
    await opened.screenshot('6-plan');
    await run.click();
    await page.getByRole('heading', { name: 'Run #1' }).waitFor();
    await page.locator('.page-head').getByText('Succeeded').waitFor({ timeout: 60_000 });
    await opened.screenshot('7-run');
    await page.goto(`${home}/servers`);
    await page.getByText(`of ${fleet}`).first().waitFor();
    expect((performance.now() - beganAt) / 1000).toBeLessThan(120);
    await page.goto(`${home}/accounts`);
    await page.getByText('****0001').waitFor();
    await page.getByRole('link', { name: '#1' }).waitFor();
    await opened.screenshot('8-accounts');
  });

  it('shows what fails while it runs, its cause, and reads it when it is tried again', async () => {
    cloud.faults.set(denied);
    await collect('30');
    await page.getByText('Partial').first().waitFor({ timeout: 60_000 });
    expect(await page.getByRole('main').textContent()).toContain('AccessDenied');
    await opened.screenshot('9-partial');
    await page.getByRole('link', { name: 'Errors', exact: true }).click();
    await page.getByRole('region', { name: 'Causes' }).getByText('AccessDenied').first().waitFor();
    await opened.screenshot('10-errors');
    cloud.faults.set({ deniedCloudwatch: [] });
    await page.getByRole('button', { name: /^Retry/ }).click();
    await page.getByRole('status').getByRole('link', { name: '#2' }).click();
    await page.locator('.page-head').getByText('Succeeded').waitFor({ timeout: 60_000 });
  });

  it('says how far a run is on every page, by one stream for all tabs, and can be kept still', async () => {
    const streams: string[] = [];
    page.context().on('request', (request) => {
      if (request.url().endsWith('/events')) streams.push(request.url());
    });
    cloud.faults.set({ latencyMs: 1500 });
    await collect('90');
    await page.getByRole('link', { name: /^Run #\d+ · \d+/ }).waitFor();
    await page.getByText('Live', { exact: true }).waitFor();
    const own = streams.length;
    const popup = page.waitForEvent('popup');
    await page.evaluate('window.open(location.href)');
    const second = await popup;
    await second.getByText('Live', { exact: true }).waitFor();
    expect(streams).toHaveLength(own);
    await page.keyboard.press('.');
    const pause = page.getByRole('button', { name: 'Pause live updates' });
    await expect.poll(() => pause.getAttribute('aria-pressed')).toBe('true');
    await expect.poll(() => streams.length).toBe(own + 1);
    await second.close();
    await page.keyboard.press('.');
  });

  it('cancels a run that is under way', async () => {
    await page.getByRole('button', { name: 'Cancel run' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel run' }).click();
    await page.getByText('Canceled').first().waitFor({ timeout: 60_000 });
    await page.getByRole('link', { name: /^Run #\d+ · / }).waitFor({ state: 'detached' });
    await opened.screenshot('11-canceled');
    cloud.faults.set({ latencyMs: 0 });
  });

  it('keeps a schedule', async () => {
    await page.goto(`${home}/jobs/schedules`);
    await page.getByLabel('Name').fill('nightly');
    await page.getByRole('button', { name: 'Add a schedule' }).click();
    await page.getByRole('rowheader', { name: 'nightly' }).waitFor();
    await opened.screenshot('12-schedules');
  });

  it('asked nobody else, and complained of nothing', () => {
    expect(opened.complaints).toEqual([]);
    expect(opened.foreign).toEqual([]);
  });
});

/** Begins a run by hand over a window of so many days. */
async function collect(days: string): Promise<void> {
  await page.goto(`${home}/jobs`);
  await page.getByRole('link', { name: 'Collect now…' }).click();
  await page.getByRole('combobox', { name: /^Window/ }).selectOption(days);
  await page.getByText(`$`).first().waitFor();
  await page
    .getByRole('button', { name: /^Run · / })
    .and(page.locator('[aria-disabled="false"]'))
    .click();
  await page.getByRole('heading', { name: /^Run #/ }).waitFor();
}
