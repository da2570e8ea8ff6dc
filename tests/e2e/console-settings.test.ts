import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type AwsCloud, startAwsCloud } from '../../src/demo/aws/server.ts';
import { violationsOf } from './accessibility.ts';
import { type OpenedConsole, openConsole } from './open-console.ts';
import { chromium, lacks } from './parts.ts';
import { runCli } from './run-cli.ts';

const account = {
  id: '310000000001',
  name: 'own',
  accessKeyId: 'AKIADEMOSETTING00001',
  secretAccessKey: 'demoSettingSecretThatOpensNothingReal001',
  regions: { 'us-east-1': 30, 'eu-west-1': 8 },
};
const Collection = z.object({
  days: z.number(),
  statistics: z.array(z.string()),
  concurrency: z.number(),
  keep_days: z.number(),
  keep_change_days: z.number(),
  keep_job_days: z.number(),
  keep_audit_days: z.number(),
});
const failure = { error: { code: 'internal', message: 'fleetgauge failed to answer' } };
const Jobs = z.array(z.object({ id: z.number() }));

let cloud: AwsCloud;
let home: string;
let opened: OpenedConsole;
let page: Page;

async function ask<T>(path: string, data: z.ZodType<T>): Promise<T> {
  return z.object({ data }).parse(await (await fetch(`${home}/api${path}`)).json()).data;
}

async function send(path: string, body: unknown, method = 'POST'): Promise<number> {
  const headers = { 'content-type': 'application/json' };
  return (await fetch(`${home}/api${path}`, { method, headers, body: JSON.stringify(body) })).status;
}

const field = (name: RegExp) => page.getByRole('spinbutton', { name });

/** What an admin sets for everybody, with a cloud that costs, and what the command line then does. */
describe.skipIf(lacks(chromium))('the settings of the console', () => {
  beforeAll(async () => {
    cloud = await startAwsCloud({ accounts: [account], faults: { quotaMultiplier: 100 } });
    opened = await openConsole('console-settings', ['--no-demo']);
    ({ home, page } = opened);
  });

  afterAll(async () => {
    await opened?.[Symbol.asyncDispose]();
    await cloud?.stop();
  });

  it('say that a cost is not known where nothing is connected', async () => {
    await page.goto(`${home}/settings/collection`);
    await page.getByText('What a change costs is shown here once a cloud is connected.').waitFor();
    expect(await violationsOf(page)).toEqual([]);
  });

  it('show what a change adds to a run, before it is saved', async () => {
    const { accessKeyId, secretAccessKey } = account;
    const secret = { from: { kind: 'keys', accessKeyId, secretAccessKey }, endpoint: cloud.url };
    expect(await send('/accounts', { provider: 'aws', name: 'own', secret })).toBe(201);
    await page.reload();
    await page.getByText(/The next run as it is set: about \$/).waitFor();
    expect(await page.getByRole('checkbox', { name: 'avg' }).isDisabled()).toBe(true);
    await page.getByRole('spinbutton', { name: /^Window/ }).fill('60');
    await page.getByRole('checkbox', { name: 'p95' }).check();
    await page.getByText(/^[+−]\$[\d.]+ per run, at most \+\$0\.0\d+$/).waitFor();
    await page.getByText(/with this change: about \$[\d.]+, \d+ calls/).waitFor();
    expect(await ask('/collection', Collection)).toMatchObject({ days: 14, statistics: ['avg', 'max'] });
    await opened.screenshot('1-collection');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Saved.').waitFor();
    expect(await ask('/collection', Collection)).toMatchObject({ days: 60, statistics: ['avg', 'max', 'p95'] });
  });

  it('refuse what means nothing, in the field where it stands', async () => {
    const field = page.getByRole('spinbutton', { name: /^What was measured/ });
    await field.fill('10');
    await page.getByRole('button', { name: 'Save' }).click();
    expect(await field.evaluate((input) => input.matches(':invalid'))).toBe(true);
    expect(await ask('/collection', Collection)).toMatchObject({ keep_days: 455 });
  });

  it('set how long runs are kept', async () => {
    await page.reload();
    await page.getByRole('spinbutton', { name: /^Runs and what they cost/ }).fill('180');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Saved.').waitFor();
    expect(await ask('/collection', Collection)).toMatchObject({ days: 60, keep_days: 455, keep_job_days: 180 });
  });

  it('keep what is typed while it is saved, and do not call it saved', async () => {
    const saving = Promise.withResolvers<void>();
    await page.route('**/api/collection', async (route) => {
      if (route.request().method() === 'PUT') await saving.promise;
      await route.continue();
    });
    await field(/^Calls at once/).fill('9');
    await page.getByText('Saved.').waitFor({ state: 'detached' });
    const answered = page.waitForResponse((response) => response.request().method() === 'PUT');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.locator('[type=submit][aria-disabled=true]').waitFor();
    await field(/^Who did what/).fill('800');
    saving.resolve();
    await answered;
    await page.locator('[type=submit][aria-disabled=false]').waitFor();
    expect(await field(/^Who did what/).inputValue()).toBe('800');
    expect(await page.getByText('Saved.').count()).toBe(0);
    expect(await ask('/collection', Collection)).toMatchObject({ concurrency: 9, keep_audit_days: 730 });
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Saved.').waitFor();
    expect(await ask('/collection', Collection)).toMatchObject({ concurrency: 9, keep_audit_days: 800 });
    await page.unroute('**/api/collection');
  });

  it('change what was touched, and leave what somebody else has saved meanwhile', async () => {
    const elsewhere = async (change: object) =>
      expect(await send('/collection', { ...(await ask('/collection', Collection)), ...change }, 'PUT')).toBe(200);
    await field(/^Calls at once/).fill('10');
    await elsewhere({ keep_audit_days: 500 });
    await expect
      .poll(async () => {
        await page.evaluate("dispatchEvent(new Event('visibilitychange'))");
        return field(/^Who did what/).inputValue();
      })
      .toBe('500');
    expect(await field(/^Calls at once/).inputValue()).toBe('10');
    await elsewhere({ keep_change_days: 300 });
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Saved.').waitFor();
    const changed = { concurrency: 10, keep_audit_days: 500, keep_change_days: 300 };
    expect(await ask('/collection', Collection)).toMatchObject(changed);
    await expect.poll(() => field(/^What became of servers/).inputValue()).toBe('300');
  });

  it('are what the page of a run begins with, and what the command line reads', async () => {
    await page.goto(`${home}/jobs/new`);
    await page.getByRole('checkbox', { name: 'Percentile p95 too', checked: true }).waitFor();
    await expect.poll(() => page.getByRole('combobox', { name: 'Window' }).inputValue()).toBe('60');
    const collect = (...flags: string[]) =>
      runCli(['--data', opened.folder, 'collect', '--regions', 'eu-west-1', '--yes', ...flags], {
        home: opened.folder,
      });
    const plain = await collect('--dry-run');
    expect(plain.stderr).toMatch(/p95/);
    const own = await collect('--dry-run', '--stat', 'avg', '--days', '2');
    expect(own.stderr).not.toMatch(/p95/);
    expect(await ask('/jobs', Jobs)).toEqual([]);
  });

  it('tell what is stored, and take a bundle along that was looked through', async () => {
    await page.goto(`${home}/settings/data`);
    await page.getByText('Embedded, in the data folder').waitFor();
    await page.getByText('fleetgauge backup fleet.backup').waitFor();
    await page.getByRole('definition').filter({ hasText: '180 days' }).waitFor();
    await page.getByRole('button', { name: 'Look at what it holds' }).click();
    await page.getByText(/^accounts/).click();
    const shown = page.getByRole('region', { name: 'accounts' });
    expect(JSON.parse((await shown.textContent()) ?? '')).toMatchObject([{ name: 'own', provider: 'aws' }]);
    await opened.screenshot('2-data');
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Save the bundle' }).click(),
    ]);
    expect(download.suggestedFilename()).toBe('fleetgauge-diagnostics.json');
    const saved = await readFile((await download.path()) ?? '', 'utf8');
    expect(JSON.parse(saved)).toHaveProperty('fleetgauge');
    expect(saved).not.toContain(account.secretAccessKey);
  });

  it('say of one panel that it could not be read, beside the others', async () => {
    await page.route('**/api/collection', (route) => route.fulfill({ status: 500, json: failure }));
    await page.reload();
    const kept = page.locator('.panel', { has: page.getByRole('heading', { name: 'How long it is kept' }) });
    await kept.getByText('fleetgauge failed to answer').waitFor();
    await page.getByText('Embedded, in the data folder').waitFor();
    await page.unroute('**/api/collection');
    await kept.getByRole('button', { name: 'Try again' }).click();
    await kept.getByRole('definition').filter({ hasText: '180 days' }).waitFor();
  });

  it('show the id of a request that failed, to be copied, as the command line does with -v', async () => {
    const id = 'e5c0ffee-0000-4000-8000-000000000001';
    await page.route('**/api/data', (route) =>
      route.fulfill({ status: 500, json: { ...failure, request_id: id }, headers: { 'x-request-id': id } }),
    );
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await page.goto(`${home}/settings/about`);
    await page.getByRole('link', { name: 'Data', exact: true }).click();
    await page.getByRole('button', { name: 'Copy the id of the request' }).click();
    await page.getByRole('button', { name: 'Copied' }).waitFor();
    expect(await page.evaluate('navigator.clipboard.readText()')).toBe(id);
    await opened.screenshot('3-error');
    expect(await violationsOf(page)).toEqual([]);
    await page.unroute('**/api/data');
    const show = (...flags: string[]) =>
      runCli(['--server', home, 'job', 'show', '99', ...flags], { home: opened.folder });
    expect((await show('-v')).stderr).toMatch(/HTTP 404, request [0-9a-f]{8}-/);
    expect((await show()).stderr).not.toMatch(/request/);
  });

  it('are without a violation in each language, theme and width', async () => {
    const found: unknown[] = [];
    for (const language of ['en', 'ko']) {
      await page.evaluate(`localStorage.setItem('fleetgauge.language', '${language}')`);
      for (const section of ['collection', 'data']) {
        await page.goto(`${home}/settings/${section}`);
        await page.locator('.settings .panel').first().waitFor();
        for (const width of [1360, 360]) {
          await page.setViewportSize({ width, height: 900 });
          for (const theme of ['light', 'dark']) {
            await page.evaluate(`document.documentElement.dataset.theme = '${theme}'`);
            const rules = theme === 'light' ? undefined : ['color-contrast', 'link-in-text-block'];
            found.push(...(await violationsOf(page, rules)).map((each) => [section, language, width, theme, each]));
            expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0);
            await opened.screenshot(`4-${section}-${language}-${width}-${theme}`);
          }
        }
      }
    }
    expect(found).toEqual([]);
  });

  it('complained of nothing but what was meant, and asked nobody else', () => {
    const meant = /404 .*\/api\/plan|500 .*\/api\/(data|collection)|Failed to load resource/;
    expect(opened.complaints.filter((line) => !meant.test(line))).toEqual([]);
    expect(opened.foreign).toEqual([]);
  });
});
