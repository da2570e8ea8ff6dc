import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { SimAccount } from '../../src/demo/aws/accounts.ts';
import { type AwsCloud, startAwsCloud } from '../../src/demo/aws/server.ts';
import { violationsOf } from './accessibility.ts';
import { openWay, type WayToCloud } from './held-calls.ts';
import { type OpenedConsole, openConsole } from './open-console.ts';
import { chromium, lacks } from './parts.ts';

const Task = z.object({
  region: z.string(),
  state: z.string(),
  phases: z.array(z.tuple([z.string(), z.number(), z.number()])),
});
const Detail = z.object({ tasks: z.array(Task) });
const Budget = z.object({
  budget: z.object({ run_usd: z.number().nullable(), month_usd: z.number().nullable(), warn_percent: z.number() }),
  month: z.object({ usd: z.number(), is_warning: z.boolean() }),
});

let home: string;
let opened: OpenedConsole;
let page: Page;

async function ask<T>(path: string, data: z.ZodType<T>): Promise<T> {
  const answer = await page.request.get(`${home}/api${path}`);
  return z.object({ data }).parse(await answer.json()).data;
}

/** What somebody sees who looks into a run, and who pays for it, on the demo that everybody can start. */
describe.skipIf(lacks(chromium))('runs', () => {
  beforeAll(async () => {
    opened = await openConsole('runs', [], /Job 1: partial/);
    ({ home, page } = opened);
  });

  afterAll(() => opened?.[Symbol.asyncDispose]());

  it('tell by region what took how long, as lanes and as numbers', async () => {
    const { tasks } = await ask('/jobs/1', Detail);
    expect(tasks.every(({ phases }) => phases.length <= 48)).toBe(true);
    const kinds = new Set(tasks.flatMap(({ phases }) => phases.map(([phase]) => phase)));
    expect([...kinds]).toEqual(expect.arrayContaining(['discovery', 'metrics', 'write']));
    await page.goto(`${home}/jobs/1?tab=timeline`);
    const began = tasks.filter(({ phases }) => phases.length > 0).length;
    await expect.poll(() => page.locator('.gantt-lane').count()).toBe(began);
    await page.locator('.gantt-lane.longest').first().waitFor();
    await opened.screenshot('2-timeline');
    await page.getByRole('button', { name: 'Table' }).click();
    await page.getByRole('columnheader', { name: 'Waits for quota' }).waitFor();
    await expect.poll(() => page.getByRole('rowheader').count()).toBe(began);
  });

  it('are zoomed by keys, and the address says so', async () => {
    await page.goto(`${home}/jobs/1?tab=timeline`);
    const chart = page.getByRole('img', { name: /^What each region was busy with/ });
    await chart.focus();
    const told = page.locator('.gantt figcaption');
    const first = await told.textContent();
    await page.keyboard.press('ArrowDown');
    await expect.poll(() => told.textContent()).not.toBe(first);
    await page.keyboard.press('+');
    await expect.poll(() => page.url()).toMatch(/time=\d+-\d+/);
    const near = page.url();
    await page.reload();
    await chart.focus();
    await expect.poll(() => page.url()).toBe(near);
    await page.keyboard.press('Home');
    await expect.poll(() => page.url()).not.toContain('time=');
  });

  it('group errors by cause, and log what happened', async () => {
    const { tasks } = await ask('/jobs/1', Detail);
    await page.goto(`${home}/jobs/1?tab=errors`);
    const causes = page.locator('.run-causes > li');
    await causes.first().waitFor();
    await expect.poll(() => causes.first().getByText('Fix', { exact: true }).count()).toBe(1);
    await opened.screenshot('3-errors');
    await page.getByRole('navigation', { name: 'This run' }).getByRole('link', { name: 'Events' }).click();
    const rows = page.locator('.event-table tbody tr');
    await page.getByText(/^The run ended: Partial/).waitFor();
    const all = await rows.count();
    expect(all).toBeGreaterThan(tasks.length);
    await page.getByRole('searchbox', { name: 'Filter', exact: true }).fill('kind:problem');
    await expect.poll(() => page.url()).toContain('q=kind%3Aproblem');
    await expect.poll(() => rows.and(page.locator(':not(.trouble)')).count()).toBe(0);
    await rows.first().waitFor();
  });

  it('list regions of a state, as the address says', async () => {
    const { tasks } = await ask('/jobs/1', Detail);
    const failed = tasks.filter(({ state }) => state === 'FAILURE').length;
    expect(failed).toBeGreaterThan(0);
    await page.goto(`${home}/jobs/1`);
    await page.getByRole('link', { name: `Failed ${failed}` }).click();
    await expect.poll(() => page.locator('.task-line').count()).toBe(failed);
    await expect.poll(() => page.url()).toContain('q=status%3Afailed');
    await page.reload();
    await expect.poll(() => page.locator('.task-line').count()).toBe(failed);
  });

  it('are filtered by what is typed, also before what stands there', async () => {
    await page.goto(`${home}/jobs/1`);
    const field = page.getByRole('searchbox', { name: 'Filter', exact: true });
    await field.fill('failed');
    await page.keyboard.press('Home');
    await page.keyboard.type('status:');
    await expect.poll(() => page.url()).toContain('q=status%3Afailed');
    await page.getByRole('button', { name: 'Clear filter' }).click();
    await expect.poll(() => field.inputValue()).toBe('');
    await page.getByRole('link', { name: /^Failed \d/ }).click();
    await expect.poll(() => field.inputValue()).toBe('status:failed');
  });

  it('are listed by state, with how long they took and what the month cost', async () => {
    await page.goto(`${home}/jobs`);
    const { month } = await ask('/budget', Budget);
    expect(month.usd).toBeGreaterThan(0);
    await page.getByText(`${usd(month.usd)}, no limit`).waitFor();
    await page.getByRole('heading', { name: 'How long the last runs took' }).waitFor();
    await expect.poll(() => page.locator('.durations .dot').count()).toBe(1);
    await opened.screenshot('4-runs');
    const states = page.getByRole('navigation', { name: 'State' });
    await states.getByRole('link', { name: 'All 1' }).waitFor();
    await states.getByRole('link', { name: 'Succeeded 0' }).click();
    await page.getByText('Nothing fits this filter.').waitFor();
    await expect.poll(() => page.url()).toContain('status=succeeded');
    await states.getByRole('link', { name: 'Partial 1' }).click();
    await page.getByRole('link', { name: '#1', exact: true }).waitFor();
    await page.getByRole('img', { name: /^How long the last runs took/ }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Run #1' }).waitFor();
  });

  it('have a budget, which an admin sets', async () => {
    await page.goto(`${home}/settings/budget`);
    await page.getByLabel('One run up to, USD').fill('5');
    await page.getByLabel('A month up to, USD').fill('0.5');
    await page.getByLabel('Warn at, % of the month').fill('70');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Saved.').waitFor();
    const { budget, month } = await ask('/budget', Budget);
    expect(budget).toEqual({ run_usd: 5, month_usd: 0.5, warn_percent: 70 });
    await page.getByText(`${usd(month.usd)} of $0.50`).waitFor();
    await expect.poll(() => page.getByText('Near the limit').count()).toBe(month.is_warning ? 1 : 0);
    await opened.screenshot('5-budget');
    await page.getByLabel('One run up to, USD').fill('');
    await page.getByText('Saved.').waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Save' }).click();
    await expect.poll(async () => (await ask('/budget', Budget)).budget.run_usd).toBeNull();
  });

  it('leave the budget to admins, and say so', async () => {
    await makeAndSignIn('admin');
    await makeAndSignIn('viewer');
    await page.goto(`${home}/settings/budget`);
    await page.getByText('Admins change the budget. You may look.').waitFor();
    await expect.poll(() => page.getByLabel('One run up to, USD').isDisabled()).toBe(true);
    expect(await page.getByRole('button', { name: 'Save' }).count()).toBe(0);
  });

  it('complained of nothing and asked nobody else', () => {
    expect(opened.complaints).toEqual([]);
    expect(opened.foreign).toEqual([]);
  });
});

const watched = {
  id: '340000000002',
  name: 'watched',
  accessKeyId: 'AKIADEMOWATCHED00001',
  secretAccessKey: 'demoWatchedSecretThatOpensNothingReal001',
  regions: { 'us-east-1': 6, 'eu-west-1': 4 },
};

/** What somebody sees who watches a run, of which one region takes as long as the test wants. */
describe.skipIf(lacks(chromium))('runs that are under way', () => {
  let cloud: AwsCloud;
  let way: WayToCloud;

  beforeAll(async () => {
    cloud = await startAwsCloud({ accounts: [watched], faults: { quotaMultiplier: 100 } });
    way = await openWay(cloud.url);
    opened = await openConsole('runs-live', ['--no-demo']);
    ({ home, page } = opened);
  });

  afterAll(async () => {
    await opened?.[Symbol.asyncDispose]();
    await way?.[Symbol.asyncDispose]();
    await cloud?.stop();
  });

  it('stand still while the screen is paused, and go on', async () => {
    way.hold('eu-west-1');
    const id = await begin(watched, way.url);
    await page.goto(`${home}/jobs/${id}`);
    const main = page.getByRole('main');
    await main.getByRole('button', { name: 'Pause screen' }).click();
    await main.getByText(/The screen is paused at/).waitFor();
    await page.getByRole('link', { name: 'Timeline' }).click();
    await page.getByRole('heading', { name: 'What each region was busy with' }).waitFor();
    await main.getByRole('button', { name: 'Go on' }).click();
    await main.getByText(/The screen is paused at/).waitFor({ state: 'hidden' });
    await page.locator('.gantt-lane').first().waitFor();
    await main.getByText(/^about \S+.* left$/).waitFor();
    await main.getByText(/[\d,.]+ metrics\/s$/).waitFor();
    await opened.screenshot('1-live');
    way.letGo();
    await main.getByText('Succeeded', { exact: true }).first().waitFor();
    expect(opened.complaints).toEqual([]);
  });
});

const account = {
  id: '340000000001',
  name: 'own',
  accessKeyId: 'AKIADEMORUNS00000001',
  secretAccessKey: 'demoRunsSecretThatOpensNothingReal000001',
  regions: { 'us-east-1': 6, 'eu-west-1': 4, 'eu-north-1': 3 },
};
const Job = z.object({ id: z.number(), state: z.string() });

/** What somebody does whose cloud refused some regions, once it does not any more. */
describe.skipIf(lacks(chromium))('runs that failed in part', () => {
  let cloud: AwsCloud;

  const ended = (id = 1) =>
    expect.poll(async () => (await ask(`/jobs/${id}`, z.object({ job: Job }))).job.state, { timeout: 60_000 });

  beforeAll(async () => {
    const faults = { quotaMultiplier: 100, deniedCloudwatch: ['*/eu-west-1'], deniedEc2: ['*/eu-north-1'] };
    cloud = await startAwsCloud({ accounts: [account], faults });
    opened = await openConsole('runs-failed', ['--no-demo']);
    ({ home, page } = opened);
    await begin(account, cloud.url);
  });

  afterAll(async () => {
    await opened?.[Symbol.asyncDispose]();
    await cloud?.stop();
  });

  it('are listed with what they were to read, what failed, and by account', async () => {
    await ended().toBe('PARTIAL');
    await page.goto(`${home}/jobs`);
    const [row, states] = [page.getByRole('row').nth(1), page.getByRole('navigation', { name: 'State' })];
    await row.getByText('3 / 3').waitFor();
    await row.getByText('2 failed').waitFor();
    await row.getByText('avg, max').waitFor();
    await row.getByRole('button', { name: 'Retry 2 of run #1' }).waitFor();
    await states.getByRole('link', { name: 'Partial 1' }).waitFor();
    await states.getByRole('link', { name: 'Running 0' }).waitFor();
    await page.getByRole('link', { name: 'Schedules 0' }).waitFor();
    await page.getByRole('combobox', { name: /^Account/ }).selectOption('own');
    await expect.poll(() => page.url()).toContain('source=own');
    await row.getByText('3 / 3').waitFor();
    await opened.screenshot('1-list');
    await page.goto(`${home}/jobs?source=${account.id}`);
    await row.getByText('3 / 3').waitFor();
    await page.goto(`${home}/jobs?source=nobody`);
    await page.getByText('Nothing fits this filter.').waitFor();
    await states.getByRole('link', { name: 'All 0' }).waitFor();
  });

  it.each([1360, 360])('are without a violation where they can be done again: %s', async (width) => {
    await page.setViewportSize({ width, height: 800 });
    for (const [at, path] of ['/jobs', '/jobs/1', '/jobs/1?q=status:failed', '/jobs/1?tab=errors'].entries()) {
      await page.goto(`${home}${path}`);
      await page
        .getByRole('button', { name: /^Retry/ })
        .first()
        .waitFor();
      expect([path, await violationsOf(page)]).toEqual([path, []]);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
      await opened.screenshot(`2-${width}-${at}`);
    }
    await page.setViewportSize({ width: 1440, height: 900 });
  });

  it('are done again region by region, and then all that is left', async () => {
    cloud.faults.set({ deniedCloudwatch: [] });
    await page.goto(`${home}/jobs/1`);
    await page.getByRole('searchbox', { name: 'Filter', exact: true }).fill('status:failed region:eu-west-1');
    await page.getByRole('button', { name: 'Retry these: 1' }).waitFor();
    await page.getByRole('button', { name: `Retry ${account.id} eu-west-1` }).click();
    await expect.poll(() => tasksIn('SUCCESS'), { timeout: 60_000 }).toBe(2);
    await ended().toBe('PARTIAL');
    cloud.faults.set({ deniedEc2: [] });
    await page.goto(`${home}/jobs`);
    const again = page.getByRole('button', { name: 'Retry 1 of run #1' });
    await again.click();
    // What could not be planned has no price yet that somebody agreed to.
    await page.getByText(/^it could cost \$/).waitFor();
    await opened.screenshot('3-dear');
    expect(await violationsOf(page)).toEqual([]);
    const amount = page.getByLabel('May cost up to, USD');
    // The pages that the first answer changes are asked for before another one can be sent.
    const allow = page.getByRole('button', { name: 'Retry for that', disabled: false });
    const held = Promise.withResolvers<void>();
    let sent = 0;
    await page.route('**/api/jobs/1/retry', async (route) => {
      sent += 1;
      await held.promise;
      await route.continue();
    });
    await amount.fill('0.000001');
    await twice(allow);
    await page.locator('.retry-most button[aria-disabled=true]').waitFor();
    held.resolve();
    await page.getByText(/nobody has agreed to more than \$0\.000001/).waitFor();
    // What was typed can be mended where it is.
    expect(await amount.inputValue()).toBe('0.000001');
    await allow.and(page.locator(':focus')).waitFor();
    expect(sent).toBe(1);
    await amount.fill('1');
    await allow.click();
    await ended().toBe('SUCCESS');
    await again.waitFor({ state: 'hidden' });
    await page.getByRole('link', { name: 'Succeeded 1' }).waitFor();
  });

  it('are told of as not whole where they were canceled, too', async () => {
    // A worker looks each second whether its run is canceled: by then no metric is asked for.
    cloud.faults.set({ latencyMs: 1000 });
    const begun = await page.request.post(`${home}/api/jobs`, { data: { days: 9, max_cost: 1 } });
    expect(begun.status()).toBe(201);
    await page.request.post(`${home}/api/jobs/2/cancel`);
    await ended(2).toBe('CANCELED');
    await page.goto(`${home}/servers`);
    const bar = page.getByRole('region', { name: 'What the last run did not read' });
    await bar.getByRole('link', { name: 'Run 2 did not read everything' }).waitFor();
    await bar.getByText(/^[1-3] of 3 regions are not whole$/).waitFor();
    await expect.poll(() => page.locator('.page-head .count').innerText()).toBe('≥ 13');
    await opened.screenshot('4-canceled');
  });

  async function tasksIn(state: string): Promise<number> {
    return (await ask('/jobs/1', Detail)).tasks.filter((task) => task.state === state).length;
  }
});

/** Saves an account, and begins a run over it: its number. */
async function begin({ name, accessKeyId, secretAccessKey }: SimAccount, endpoint: string): Promise<number> {
  const send = async <T>(path: string, data: object, answer: z.ZodType<T>): Promise<T> => {
    const reply = await page.request.post(`${home}/api${path}`, { data });
    return z.object({ data: answer }).parse(await reply.json()).data;
  };
  const secret = { from: { kind: 'keys', accessKeyId, secretAccessKey }, endpoint };
  await send('/accounts', { provider: 'aws', name, secret }, z.unknown());
  return (await send('/jobs', { accounts: [name], days: 2, max_cost: 1 }, Job)).id;
}

/** A second click before the first one is drawn. */
async function twice(button: Locator): Promise<void> {
  await button.focus();
  await button.evaluate((node: { click(): void }) => {
    node.click();
    node.click();
  });
}

/** As the console writes it. */
function usd(amount: number): string {
  return `$${amount.toFixed(amount < 0.1 ? 4 : 2)}`;
}

/** The first user is made by whoever sits at the machine, all others by an admin. */
async function makeAndSignIn(role: 'admin' | 'viewer'): Promise<void> {
  // A page that is open asks on, and until somebody has signed in it is refused.
  await page.goto('about:blank');
  const [name, password] = [`${role}@gauge.example`, 'a long enough passphrase'];
  const made = await page.request.post(`${home}/api/users`, { data: { name, password, role } });
  expect(made.status()).toBe(201);
  const signedIn = await page.request.post(`${home}/api/login`, { data: { email: name, password } });
  expect(signedIn.status()).toBe(200);
}
