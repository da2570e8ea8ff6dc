import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type AwsCloud, startAwsCloud } from '../../src/demo/aws/server.ts';
import { violationsOf } from './accessibility.ts';
import { openPage, type WatchedPage } from './browser.ts';
import { chromium, lacks } from './parts.ts';
import { type RunningCli, runCli, startCli } from './run-cli.ts';
import { type TemporaryFolder, temporaryFolder } from './temporary-folder.ts';

const account = {
  id: '330000000001',
  name: 'own',
  accessKeyId: 'AKIADEMOTHESE000001',
  secretAccessKey: 'demoTheseSecretThatOpensNothingReal00001',
  regions: { 'us-east-1': 6, 'eu-west-1': 4 },
};

const Server = z.object({
  region_code: z.string(),
  name: z.string(),
  reference: z.object({ resource_id: z.string() }),
  data: z.looseObject({
    monitoring_info: z.looseObject({ window: z.object({ start: z.string() }), collected_at: z.string() }),
  }),
});
type Server = z.infer<typeof Server>;

let folder: TemporaryFolder;
let cloud: AwsCloud;

/** Where its account finds what opens it. */
const options = () => ({
  home: folder.path,
  env: {
    AWS_ACCESS_KEY_ID: account.accessKeyId,
    AWS_SECRET_ACCESS_KEY: account.secretAccessKey,
    AWS_ENDPOINT_URL: cloud.url,
  },
});

const cli = (...args: string[]) => runCli(['--data', folder.path, ...args], options());

async function servers(): Promise<Server[]> {
  const { stdout } = await cli('server', 'list', '-o', 'json', '--limit', '0');
  return z.object({ data: z.array(Server) }).parse(JSON.parse(stdout)).data;
}

/** Those whose values are not what they were. */
function read(before: readonly Server[], after: readonly Server[]): string[] {
  const stamps = new Map(
    before.map(({ reference, data }) => [reference.resource_id, data.monitoring_info.collected_at]),
  );
  return after
    .filter(({ reference, data }) => stamps.get(reference.resource_id) !== data.monitoring_info.collected_at)
    .map(({ reference }) => reference.resource_id);
}

/** Queries of GetMetricData that the cloud was asked so far. */
function queries(): number {
  return cloud.stats
    .rows()
    .filter(({ operation }) => operation === 'GetMetricData')
    .reduce((sum, row) => sum + row.queries, 0);
}

beforeAll(async () => {
  folder = await temporaryFolder('these');
  cloud = await startAwsCloud({ accounts: [account], faults: { quotaMultiplier: 100 } });
  await cli('account', 'add', 'aws', '--name', 'own');
  expect(await cli('collect', '--days', '1', '--yes', '-q')).toMatchObject({ code: 0 });
});

afterAll(async () => {
  await cloud?.stop();
  await folder?.[Symbol.asyncDispose]();
});

describe('on the command line', () => {
  it('reads what a filter finds, for what the plan said of it alone', async () => {
    const before = await servers();
    const [one] = before.filter(({ region_code }) => region_code === 'eu-west-1');
    const filter = `id:${one?.reference.resource_id}`;
    const estimated = await cli(
      'estimate',
      '--filter',
      filter,
      '--days',
      '3',
      '-o',
      'csv',
      '--fields',
      'region,servers',
    );
    expect(estimated).toMatchObject({ code: 0, stdout: 'region,servers\r\neu-west-1,1\n' });
    expect(estimated.stderr).toContain('Only what is selected: 1 server');
    const asked = queries();
    const { code, stderr } = await cli('collect', '--filter', filter, '--days', '3', '--yes');
    expect(stderr).toMatch(/Plan {3}1 server × /);
    expect(code).toBe(0);
    expect(queries()).toBeGreaterThan(asked);
    expect(read(before, await servers())).toEqual([one?.reference.resource_id]);
  });

  it('says what helps where a filter finds nothing', async () => {
    for (const command of ['estimate', 'collect']) {
      const { code, stdout, stderr } = await cli(command, '--filter', 'name:nobody');
      expect(stdout).toBe('');
      expect(stderr).toMatch(/no such server[\s\S]*name:nobody[\s\S]*fix .*server list --filter/);
      expect(code).toBeGreaterThan(0);
    }
  });
});

describe.skipIf(lacks(chromium))('in the console', () => {
  let product: RunningCli;
  let home: string;
  let watched: WatchedPage;
  let page: Page;
  let before: Server[];

  beforeAll(async () => {
    before = await servers();
    product = startCli(['--data', folder.path, 'up', '--no-demo', '--port', '0'], options());
    [, home = ''] = await product.saw(/Console +(http:\S+)\s/);
    watched = await openPage(home);
    page = watched.page;
    page.setDefaultTimeout(60_000);
  });

  afterAll(async () => {
    await watched?.[Symbol.asyncDispose]();
    await product?.stop();
  });

  const picked = () =>
    ['us-east-1', 'eu-west-1'].flatMap((region) =>
      before.filter(({ region_code }) => region_code === region).slice(0, 1),
    );

  it('plans the servers that are ticked, and says what of them it costs', async () => {
    await page.goto(`${home}/servers`);
    for (const { name } of picked()) await page.getByRole('checkbox', { name: `Select ${name}` }).check();
    await page.getByText('2 selected').waitFor();
    await watched.screenshot('1-ticked');
    await page.getByRole('link', { name: 'Collect these…' }).click();
    await page.getByText('Only the 2 servers that you picked').waitFor();
    await page.getByText('2 servers in 2 regions of 1 account').waitFor();
    expect(page.url()).toMatch(/\/jobs\/new\?servers=\d+%2C\d+$/);
    await watched.screenshot('2-plan');
    expect(await axe()).toEqual([]);
  });

  it('says what of the quota the plan takes, and holds the run to what it may cost', async () => {
    await page.getByText(/^of GetMetricData in 330000000001\/(us-east-1|eu-west-1)$/).waitFor();
    const field = page.getByRole('spinbutton', { name: 'Max spend, USD' });
    const bound = Number(await field.inputValue());
    expect(bound).toBeGreaterThan(0);
    await field.fill(String(bound / 2));
    await page.getByText(/^The plan could cost \$[\d.]+\. Allow that much, or read less\.$/).waitFor();
    await expect.poll(() => page.locator('.plan-actions button').getAttribute('aria-disabled')).toBe('true');
    await watched.screenshot('2-too-little');
    expect(await axe()).toEqual([]);
    await field.fill('');
    await field.blur();
    await expect.poll(async () => Number(await field.inputValue())).toBe(bound);
    await expect.poll(() => page.url()).not.toContain('most=');
    await field.fill('0.75');
    await page.waitForURL(/[?&]most=0\.75(&|$)/);
    await page.reload();
    await expect.poll(() => field.inputValue()).toBe('0.75');
  });

  it('reads those, and leaves the others as they were', async () => {
    const asked = queries();
    const days = page.getByRole('combobox', { name: /^Window/ });
    await days.selectOption('7');
    // Until then the plan of another window is ready to be run.
    await expect.poll(() => days.inputValue()).toBe('7');
    const button = page.getByRole('button', { name: /^Run · about / }).and(page.locator('[aria-disabled="false"]'));
    const begun = page.waitForRequest((request) => request.url().endsWith('/api/jobs') && request.method() === 'POST');
    await button.click();
    expect((await begun).postDataJSON()).toMatchObject({ max_cost: 0.75 });
    await page.locator('.page-head').getByText('Succeeded').waitFor({ timeout: 60_000 });
    await page.getByText('Only selected servers: 2').waitFor();
    await watched.screenshot('3-run');
    expect(queries()).toBeGreaterThan(asked);
    await page.goto(`${home}/jobs`);
    await page.getByText('Only selected servers: 2').waitFor();
    await watched.screenshot('4-runs');
  });

  it('says of a schedule that its runs are of picked servers alone', async () => {
    const draft = { name: 'yearly', times: { cron: '0 0 1 1 *' }, run: { servers: [1, 2] }, max_cost: 1 };
    const status = await page.evaluate(async (body) => {
      const headers = { 'content-type': 'application/json' };
      return (await fetch('/api/schedules', { method: 'POST', headers, body })).status;
    }, JSON.stringify(draft));
    expect(status).toBe(201);
    await page.goto(`${home}/jobs/schedules`);
    await page.getByRole('rowheader', { name: 'yearly Only selected servers: 2' }).waitFor();
    await watched.screenshot('5-schedule');
  });

  it('leads from a server to its plan, and to the plan of a query, which says what is wrong with it', async () => {
    await page.goto(`${home}/servers?q=id:${picked()[0]?.reference.resource_id}`);
    await page.getByRole('link', { name: picked()[0]?.name ?? '', exact: true }).click();
    await page.getByRole('link', { name: 'Collect this server…' }).click();
    await page.getByText('Only the server that you picked').waitFor();
    await page.getByText('1 server in 1 region of 1 account').waitFor();
    const whole = page.waitForRequest((request) => request.url().endsWith('/api/plan'));
    await page.getByRole('link', { name: 'Collect everything instead' }).click();
    // Naming each account would leave out those that are connected later.
    expect((await whole).postDataJSON()).toEqual({});
    await page.getByText(/^10 servers$/).waitFor();
    await page.getByLabel('Only servers that fit').fill('region:eu-west-1');
    await page.getByRole('button', { name: 'Plan', exact: true }).click();
    await page.getByText('4 servers in 1 region of 1 account').waitFor();
    expect(page.url()).toContain('q=region%3Aeu-west-1');
    await watched.screenshot('6-query');
    expect(await axe()).toEqual([]);
    expect(watched.complaints).toEqual([]);
    await page.getByLabel('Only servers that fit').fill('region:nowhere');
    await page.keyboard.press('Enter');
    await page.getByText(/the inventory has no such server/).waitFor();
    await watched.screenshot('7-nothing');
    expect(await axe()).toEqual([]);
    // What is typed before the page follows is not undone by that.
    await page.getByLabel('Only servers that fit').fill('region:eu-west-1');
    await page.evaluate(askAndTypeOn);
    await page.waitForURL(/q=region%3Aeu-west-1$/);
    await page.getByText('4 servers in 1 region of 1 account').waitFor();
    expect(await page.getByLabel('Only servers that fit').inputValue()).toBe('region:eu-west-1 web');
  });

  it('asks for a plan no longer than one wants to wait', async () => {
    await page.route('**/api/plan', () => undefined);
    await page.goto(`${home}/jobs/new`);
    await page.getByText('Still asking…').waitFor();
    const left = page.waitForEvent('requestfailed', (request) => request.url().endsWith('/api/plan'));
    await page.getByRole('button', { name: 'Cancel' }).click();
    await left;
    await page.getByText('Stopped: nothing is asked any more.').waitFor();
    expect(await page.getByText(/^Asking the clouds/).count()).toBe(0);
    expect(await violationsOf(page)).toEqual([]);
    await watched.screenshot('8-stopped');
    await page.unroute('**/api/plan');
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByText(/^10 servers$/).waitFor();
  });

  it('has read nothing else', async () => {
    await product.stop();
    expect(read(before, await servers()).toSorted()).toEqual(
      picked()
        .map(({ reference }) => reference.resource_id)
        .toSorted(),
    );
  });

  /** In each language, width and theme. */
  async function axe(): Promise<string[]> {
    const found: string[] = [];
    for (const [lang, language] of [
      ['ko', '한국어'],
      ['en', 'English'],
    ]) {
      await page.getByRole('button', { name: language ?? '', exact: true }).click();
      await page.locator(`html[lang=${lang}]`).waitFor();
      await page.locator('.plan :is(.equation, .failure)').waitFor();
      for (const width of [360, 1360]) {
        await page.setViewportSize({ width, height: 900 });
        for (const colorScheme of ['dark', 'light'] as const) {
          await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
          found.push(...(await violationsOf(page)));
          await watched.screenshot(
            `${page.url().replaceAll(/\W+/g, '-').slice(-40)}-${language}-${width}-${colorScheme}`,
          );
        }
      }
    }
    return found;
  }
});

const askAndTypeOn = `{
  const field = document.querySelector('form.in-line input[type=search]');
  field.form.requestSubmit();
  field.setRangeText(' web', field.value.length, field.value.length);
  field.dispatchEvent(new InputEvent('input', { bubbles: true }));
}`;
