import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AwsCloud, startAwsCloud } from '../../src/demo/aws/server.ts';
import { firstCollection } from '../../src/platform/collection/settings.ts';
import { openWay, type WayToCloud } from './held-calls.ts';
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
const other = {
  id: '310000000002',
  name: 'lab',
  accessKeyId: 'AKIADEMOCONNECT00002',
  secretAccessKey: 'demoConnectSecretThatOpensNothingReal002',
  regions: { 'us-east-1': 3 },
};
const failure = { error: { code: 'internal', message: 'fleetgauge failed to answer', fix: 'Try again.' } };
const denied = { deniedCloudwatch: ['*/eu-west-1'] };

let cloud: AwsCloud;
let way: WayToCloud;
let home: string;
let opened: OpenedConsole;
let page: Page;
let beganAt: number;

/** From an empty folder to the first real record, with what goes wrong on the way. */
describe.skipIf(lacks(chromium))('connecting a cloud in the console', () => {
  beforeAll(async () => {
    cloud = await startAwsCloud({ accounts: [account, other], faults: { quotaMultiplier: 100, ...denied } });
    way = await openWay(cloud.url);
    beganAt = performance.now();
    opened = await openConsole('connect', ['--no-demo']);
    ({ home, page } = opened);
  });

  afterAll(async () => {
    await opened?.[Symbol.asyncDispose]();
    await way?.[Symbol.asyncDispose]();
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
    await page.getByLabel(/^Endpoint/).fill(way.url);
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
    await expect.poll(() => page.getByLabel('Access key ID').inputValue()).toBe(account.accessKeyId);
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
    await page.getByRole('button', { name: /^Run · about \$\d/ }).waitFor();
    expect(await page.getByRole('region', { name: 'Plan' }).textContent()).toContain(`${fleet} servers`);
    await opened.screenshot('6-plan');
    await readyToRun().click();
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
    await page.getByRole('main').getByText('AccessDenied').first().waitFor();
    // Until it has ended nothing of it is tried again.
    await page.locator('.page-head').getByText('Partial').waitFor();
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
    // All but the first call of the region is yet to be sent when the run is canceled.
    await callAtOnce(1);
    way.hold('us-east-1');
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
    const told = page.waitForResponse(/\/cancel$/);
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel run' }).click();
    await told;
    // Its worker hears of it before that call is answered.
    cloud.faults.set({ latencyMs: 3000 });
    way.letGo();
    await page.getByText('Canceled').first().waitFor({ timeout: 60_000 });
    await page.getByRole('link', { name: /^Run #\d+ · / }).waitFor({ state: 'detached' });
    await opened.screenshot('11-canceled');
    cloud.faults.set({ latencyMs: 0 });
    await callAtOnce(firstCollection.concurrency);
  });

  it('keeps a schedule', async () => {
    await page.goto(`${home}/jobs/schedules`);
    await page.getByLabel('Name').fill('nightly');
    // Not while this is tested.
    await page.getByLabel('Every day at').selectOption(String((new Date().getHours() + 12) % 24));
    await page.getByRole('button', { name: 'Add a schedule' }).click();
    await page.getByRole('rowheader', { name: 'nightly' }).waitFor();
    await opened.screenshot('12-schedules');
  });

  it('keeps what was taken out of a run, whatever becomes of the page', async () => {
    await connectLab();
    await page.goto(`${home}/jobs/new`);
    const lab = page.getByRole('checkbox', { name: 'lab' });
    const query = page.getByLabel('Only servers that fit');
    await lab.click();
    await expect.poll(() => lab.isChecked()).toBe(false);
    await over('7');
    await page.getByRole('checkbox', { name: 'Percentile p95 too' }).click();
    await page.waitForURL(/without=lab&win=7&p95=yes$/);
    await readyToRun().waitFor();
    await query.fill('region:us-east-1');
    await page.getByText('The query has changed since. Plan it before it is run.').waitFor();
    expect(await readyToRun().count()).toBe(0);
    await page.route('**/api/accounts', (route) => route.fulfill({ status: 500, json: failure }));
    const stale = page.getByText('This is older than it should be');
    await expect
      .poll(async () => {
        await page.evaluate("dispatchEvent(new Event('visibilitychange'))");
        return stale.count();
      })
      .toBe(1);
    expect(await lab.isChecked()).toBe(false);
    expect(await query.inputValue()).toBe('region:us-east-1');
    await opened.screenshot('13-stale');
    await page.unroute('**/api/accounts');
    await page.getByRole('button', { name: 'Try again' }).click();
    await stale.waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Plan', exact: true }).click();
    const asThere = async () => {
      await readyToRun().waitFor();
      await page.getByText('30 servers in 1 region of 1 account').waitFor();
      expect(await lab.isChecked()).toBe(false);
      expect(await query.inputValue()).toBe('region:us-east-1');
      expect(await page.getByRole('combobox', { name: /^Window/ }).inputValue()).toBe('7');
      expect(await page.getByRole('checkbox', { name: 'Percentile p95 too' }).isChecked()).toBe(true);
    };
    await asThere();
    await page.reload();
    await asThere();
    await page.getByRole('link', { name: 'Accounts', exact: true }).click();
    await page.getByText('****0002').waitFor();
    await page.goBack();
    await asThere();
  });

  it('lets a run pass the budget, and no other one that is planned after it', async () => {
    const limit = (run_usd: number | null) =>
      page.request.put(`${home}/api/budget`, { data: { run_usd, month_usd: null, warn_percent: 80 } });
    expect((await limit(0.0001)).status()).toBe(200);
    await page.goto(`${home}/jobs/new?p95=yes`);
    const pass = page.getByRole('checkbox', { name: /^Let this run pass the budget/ });
    await pass.check();
    await readyToRun().waitFor();
    await over('30');
    await page.locator('.plan .stale').waitFor({ state: 'detached' });
    expect(await pass.isChecked()).toBe(false);
    expect(await readyToRun().count()).toBe(0);
    await opened.screenshot('14-budget');
    expect((await limit(null)).status()).toBe(200);
  });

  it('plans anew where a run is refused since it would be dearer than what is shown', async () => {
    expect((await page.request.delete(`${home}/api/accounts/lab`)).status()).toBe(200);
    await page.goto(`${home}/jobs/new?p95=yes`);
    const plan = page.getByRole('region', { name: 'Plan' });
    await plan.getByText(`${fleet} servers`).waitFor();
    await connectLab();
    await readyToRun().click();
    await plan.getByText(/^the plan could cost \$[\d.]+, and may cost \$/).waitFor();
    await plan.getByText(`${fleet + 3} servers`).waitFor();
    await readyToRun().waitFor();
  });

  it('plans anew what was read since, even by a run that ended before it was seen', async () => {
    const planned = () => page.getByRole('region', { name: 'Plan' }).locator('.equation').textContent();
    await page.goto(`${home}/jobs/new?p95=yes`);
    await readyToRun().waitFor();
    const before = await planned();
    const isOver = Promise.withResolvers<void>();
    const heard = /\/api\/(?:status|jobs\/\d+)$/;
    await page.route(heard, async (route) => {
      await isOver.promise;
      await route.continue();
    });
    const answered = page.waitForResponse((reply) => reply.url().endsWith('/api/jobs'));
    await readyToRun().click();
    const begun = await answered;
    expect(begun.status(), await begun.text()).toBe(201);
    await page.waitForURL(/\/jobs\/\d+$/);
    const job = `${home}/api${new URL(page.url()).pathname}`;
    await expect
      .poll(async () => (await (await page.request.get(job)).json()).data.job.state, { timeout: 60_000 })
      .toBe('SUCCESS');
    isOver.resolve();
    await page.locator('.page-head').getByText('Succeeded').waitFor();
    await page.unroute(heard);
    await page.goBack();
    await expect.poll(planned).not.toBe(before);
    const after = await planned();
    await page.reload();
    await expect.poll(planned).toBe(after);
  });

  it('asked nobody else, and complained of nothing but what was meant', () => {
    const meant = /500 .*\/api\/accounts|409 .*\/api\/jobs$|Failed to load resource/;
    expect(opened.complaints.filter((line) => !meant.test(line))).toEqual([]);
    expect(opened.foreign).toEqual([]);
  });
});

const readyToRun = () => page.getByRole('button', { name: /^Run · / }).and(page.locator('[aria-disabled="false"]'));

async function connectLab(): Promise<void> {
  const { accessKeyId, secretAccessKey } = other;
  const secret = { from: { kind: 'keys', accessKeyId, secretAccessKey }, endpoint: cloud.url };
  const saved = await page.request.post(`${home}/api/accounts`, { data: { provider: 'aws', name: 'lab', secret } });
  expect(saved.status()).toBe(201);
}

/** Begins a run by hand over a window of so many days. */
async function collect(days: string): Promise<void> {
  await page.goto(`${home}/jobs`);
  await page.getByRole('link', { name: 'Collect now…' }).click();
  await over(days);
  await page.getByText(`$`).first().waitFor();
  await readyToRun().click();
  await page.getByRole('heading', { name: /^Run #/ }).waitFor();
}

/** Chooses a window of so many days. The field is what the address says: with that, the plan of another window is not ready. */
async function over(days: string): Promise<void> {
  const field = page.getByRole('combobox', { name: /^Window/ });
  await field.selectOption(days);
  await expect.poll(() => field.inputValue()).toBe(days);
}

/** Sets how many calls may be in flight, per account and region. */
async function callAtOnce(concurrency: number): Promise<void> {
  const set = await page.request.put(`${home}/api/collection`, { data: { ...firstCollection, concurrency } });
  expect(set.status()).toBe(200);
}
