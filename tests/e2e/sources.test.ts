import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type AwsCloud, startAwsCloud } from '../../src/demo/aws/server.ts';
import { violationsOf } from './accessibility.ts';
import { type OpenedConsole, openConsole } from './open-console.ts';
import { chromium, lacks } from './parts.ts';
import { runCli } from './run-cli.ts';

const account = {
  id: '310000000002',
  name: 'own',
  accessKeyId: 'AKIADEMOSOURCES00001',
  secretAccessKey: 'demoSourcesSecretThatOpensNothingReal001',
  regions: { 'us-east-1': 12, 'eu-west-1': 6, 'eu-north-1': 4 },
};
const refused = ['*/eu-west-1', '*/eu-north-1'];

const Source = z.object({ id: z.string(), state: z.string(), calls: z.number(), failed: z.number() });
const Cells = z.object({ calls: z.array(z.number()), failed: z.array(z.number()) });
const Sources = z.object({ sources: z.array(Source.extend({ cells: Cells })) });
const Tested = z.looseObject({ report: z.looseObject({ accounts: z.array(z.looseObject({})) }) });
const Job = z.object({ id: z.number(), state: z.string() });

let cloud: AwsCloud;
let home: string;
let opened: OpenedConsole;
let page: Page;

async function ask<T>(method: string, path: string, data: z.ZodType<T>, body?: object): Promise<T> {
  const sent =
    body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
  const answer = await fetch(`${home}/api${path}`, { method, ...sent });
  return z.object({ data }).parse(await answer.json()).data;
}
const ended = (id: number) =>
  expect.poll(async () => (await ask('GET', `/jobs/${id}`, z.object({ job: Job }))).job.state, { timeout: 60_000 });

/** From an empty folder to sources that do not answer, and what somebody does who has to mend that. */
describe.skipIf(lacks(chromium))('data sources and errors', () => {
  beforeAll(async () => {
    cloud = await startAwsCloud({ accounts: [account], faults: { quotaMultiplier: 100, deniedCloudwatch: refused } });
    opened = await openConsole('sources', ['--no-demo']);
    ({ home, page } = opened);
  });

  afterAll(async () => {
    await opened?.[Symbol.asyncDispose]();
    await cloud?.stop();
  });

  it('say what belongs here while there is nothing', async () => {
    await page.goto(`${home}/sources`);
    await page.getByText('No data source yet').waitFor();
  });

  it('shows what a run met, where it failed first, as the API tells it', async () => {
    await ask('POST', '/accounts', z.unknown(), {
      provider: 'aws',
      name: 'own',
      secret: { from: { kind: 'keys', ...pick(account) }, endpoint: cloud.url },
    });
    const { id } = await ask('POST', '/jobs', Job, { accounts: ['own'], days: 2, max_cost: 1 });
    await ended(id).toBe('PARTIAL');
    const states = ['failing', 'failing', 'ok'];
    // Calls are stored every few seconds.
    await expect
      .poll(async () => (await ask('GET', '/sources', Sources)).sources.map(({ state }) => state))
      .toEqual(states);
    await page.goto(home);
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.keyboard.press('g');
    await page.keyboard.press('d');
    const rows = page.getByRole('row').filter({ has: page.getByRole('rowheader') });
    await expect.poll(() => rows.locator('.state').allTextContents()).toEqual(states);
    await rows.first().getByText('Access denied').waitFor();
    await opened.screenshot('1-health');
  });

  it('reads the cells of a strip by the arrow keys, and has the same as a table', async () => {
    const { sources } = await ask('GET', '/sources', Sources);
    const [failing] = sources;
    // The newest with a call: the quarter of an hour may have turned since, also between the API's strip and the page's.
    const at = failing?.cells.calls.findLastIndex((calls) => calls > 0) ?? -1;
    const read = `calls ${failing?.cells.calls[at]}, failed ${failing?.cells.failed[at]}`;
    const strip = page.getByRole('img', { name: /eu-north-1/ });
    await strip.focus();
    await page.keyboard.press('End');
    const readout = page.getByRole('status').filter({ hasText: /calls \d|no call/ });
    await readout.waitFor();
    for (let left = at; left > 0 && (await readout.textContent())?.endsWith('no call'); left--) {
      await page.keyboard.press('ArrowLeft');
    }
    await expect.poll(() => readout.textContent()).toContain(read);
    await page.keyboard.press('Home');
    await page.getByText(/: no call$/).waitFor();
    await page.getByRole('link', { name: 'Same data as table: Amazon Web Services · eu-north-1' }).click();
    await page.getByRole('columnheader', { name: '15 minutes from' }).waitFor();
    await expect.poll(() => new URL(page.url()).search).toBe('?show=table');
    await page.getByRole('link', { name: 'Access denied' }).click();
    await page.getByRole('heading', { name: 'Errors', level: 1 }).waitFor();
    await expect.poll(() => new URL(page.url()).searchParams.get('region')).toBe('eu-north-1');
  });

  it('tests a source without a call that bills', async () => {
    const billed = () => cloud.stats.rows().find(({ operation }) => operation === 'GetMetricData')?.calls;
    const before = billed();
    await page.goto(`${home}/sources`);
    await page.getByRole('button', { name: 'Test: Amazon Web Services · us-east-1' }).click();
    const result = page.getByRole('region', { name: 'Test: Amazon Web Services · us-east-1' });
    await result.getByText('All of it works.').waitFor();
    await result.getByText(/Not called, since it bills: .*cloudwatch/).waitFor();
    expect(billed()).toBe(before);
    await opened.screenshot('2-tested');
  });

  it('tells which metric feeds which field, and how many have it', async () => {
    await page.goto(`${home}/sources?tab=metrics&provider=aws`);
    const cpu = page.getByRole('row').filter({ hasText: 'AWS/EC2 CPUUtilization' });
    await cpu.getByText(/of 22$/).waitFor();
    await page.getByLabel('Type').selectOption('rds_instance');
    await page.getByRole('row').filter({ hasText: 'AWS/RDS' }).first().waitFor();
    await expect.poll(() => new URL(page.url()).searchParams.get('type')).toBe('rds_instance');
    await page.goBack();
    await cpu.waitFor();
  });

  it('opens a cell of the matrix by keys, and tells the cause and the fix', async () => {
    await page.goto(home);
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.keyboard.press('g');
    await page.keyboard.press('e');
    const cells = page.locator('a.cell');
    await expect.poll(() => cells.count()).toBe(2);
    await cells.first().focus();
    await page.keyboard.press('ArrowRight');
    await expect.poll(() => hasFocus(cells.nth(1))).toBe(true);
    await expect
      .poll(() => cells.nth(1).getAttribute('aria-label'))
      .toMatch(/1 times, still failing \(Access denied\)$/);
    const region = await page.getByRole('columnheader').nth(2).textContent();
    await page.keyboard.press('Enter');
    await expect.poll(() => new URL(page.url()).searchParams.get('region')).toBe(region);
    const causes = page.getByRole('region', { name: 'Causes' });
    await causes.getByText('allow cloudwatch:GetMetricData').first().waitFor();
    await causes.getByRole('button', { name: 'Retry affected (1)' }).waitFor();
    await page.getByRole('button', { name: 'Table' }).click();
    await page.getByRole('cell', { name: 'Access denied' }).first().waitFor();
    await opened.screenshot('3-errors');
  });

  it('retries exactly what is shown', async () => {
    cloud.faults.set({ deniedCloudwatch: [] });
    await page.setViewportSize({ width: 1360, height: 900 });
    await page.goto(`${home}/errors?region=eu-west-1`);
    let sent = 0;
    page.on('request', (request) => {
      if (request.url().endsWith('/api/errors/retry')) sent += 1;
    });
    // A second click before the first one is drawn.
    await page.getByRole('button', { name: 'Retry affected (1)' }).evaluate((node: { click(): void }) => {
      node.click();
      node.click();
    });
    await page.getByText('Tasks that run again: 1, in run').waitFor();
    expect(sent).toBe(1);
    await ended(1).toBe('PARTIAL');
    await page.goto(`${home}/errors`);
    const cells = page.locator('a.cell');
    await expect.poll(() => cells.count()).toBe(1);
    await expect.poll(() => cells.first().getAttribute('aria-label')).toContain('eu-north-1');
  });

  it('are told on the command line, too', async () => {
    const cli = (args: readonly string[]) => runCli(['--data', opened.folder, ...args], { home: opened.folder });
    const listed = await cli(['source', 'list', '-o', 'json']);
    const rows = z.object({ data: z.array(Source) }).parse(JSON.parse(listed.stdout)).data;
    const { sources } = await ask('GET', '/sources', Sources);
    expect(rows.map(({ id, state }) => [id, state])).toEqual(sources.map(({ id, state }) => [id, state]));
    const errors = await cli(['errors', '-o', 'csv']);
    expect(errors.stdout).toMatch(/^access_denied,1,1,1,/m);
    expect(errors.stderr).toContain('fleetgauge job retry 1');
    const tested = await cli(['source', 'test', 'aws:us-east-1']);
    expect([tested.code, tested.stdout]).toEqual([0, expect.stringContaining('not called, since it bills')]);
  });

  it('says what failed where the API does not answer', async () => {
    await page.route('**/api/sources', (route) => route.abort());
    await page.goto(`${home}/sources`);
    await page.getByRole('alert').waitFor();
    expect(await violationsOf(page)).toEqual([]);
    await page.unroute('**/api/sources');
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByRole('table').waitFor();
  });

  it('say how many accounts a test left out, and where servers could not be listed', async () => {
    const accounts = Array.from({ length: 11 }, (_, at) => ({
      provider: 'aws',
      name: `own-${at}`,
      secret: { from: { kind: 'keys', ...pick(account) }, endpoint: cloud.url },
    }));
    for (const each of accounts) await ask('POST', '/accounts', z.unknown(), each);
    await page.goto(`${home}/sources`);
    await page.getByRole('button', { name: 'Test: Amazon Web Services · us-east-1' }).click();
    const result = page.getByRole('region', { name: 'Test: Amazon Web Services · us-east-1' });
    await result.getByText('10 of 12 accounts tested.').waitFor();
    const error = { code: 'access_denied', message: 'this region is switched off', fix: 'switch it on' };
    const failures = ['ap-east-1', 'me-south-1'].map((region) => ({ region, error }));
    await page.route('**/api/accounts/test/events', async (route) => {
      const response = await route.fetch();
      const last = (await response.text()).trimEnd().split('\n').at(-1) ?? '';
      const { report, ...rest } = Tested.parse(JSON.parse(last));
      const [first] = report.accounts;
      const changed = { ...report, is_ok: false, accounts: [{ ...first, failures }] };
      await route.fulfill({ response, body: `${JSON.stringify({ ...rest, report: changed })}\n` });
    });
    await page.goto(`${home}/accounts`);
    await page.getByRole('button', { name: 'Test again: own', exact: true }).click();
    await page.getByText('310000000002/ap-east-1, 310000000002/me-south-1').waitFor();
    await page.getByText('switch it on').waitFor();
    await opened.screenshot('4-not-listed');
    expect(await violationsOf(page)).toEqual([]);
  });

  it('asked nobody else', () => expect(opened.foreign).toEqual([]));
});

function pick({ accessKeyId, secretAccessKey }: typeof account) {
  return { accessKeyId, secretAccessKey };
}

async function hasFocus(place: Locator): Promise<boolean> {
  return (await place.and(page.locator(':focus')).count()) === 1;
}
