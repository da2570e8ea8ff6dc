import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { violationsOf } from './accessibility.ts';
import { type OpenedConsole, openConsole } from './open-console.ts';
import { chromium, lacks } from './parts.ts';

const classes = {
  idle: 'Idle',
  oversized: 'Oversized',
  fit: 'Fit',
  hot: 'Hot',
  not_enough_data: 'Not enough data',
} as const;

const Tally = z.object({ servers: z.number(), savings_usd: z.number(), unpriced: z.number() });
const Summary = z.object({
  classes: z.object({ idle: Tally, oversized: Tally, fit: Tally, hot: Tally, not_enough_data: Tally }),
  states: z.object({ open: z.number(), accepted: z.number(), snoozed: z.number(), dismissed: z.number() }),
  policy: z.object({ name: z.string(), look_back_days: z.number() }),
});
const Row = z.object({
  id: z.number(),
  name: z.string(),
  state: z.string().nullable(),
  suggestion: z.object({ action: z.string() }).nullable(),
  memory: z.object({ max: z.number() }).nullable(),
  decision: z.object({ note: z.string().nullable(), until: z.string().nullable() }).nullable(),
});

const Listed = z.object({ data: z.array(Row), meta: z.object({ next: z.string().optional() }) });

let home: string;
let opened: OpenedConsole;
let page: Page;

async function ask<T>(path: string, data: z.ZodType<T>): Promise<T> {
  const answer = await fetch(`${home}/api${path}`);
  return z.object({ data }).parse(await answer.json()).data;
}
const summary = () => ask('/rightsizing/summary', Summary);
const english = (count: number) => count.toLocaleString('en');

/** What somebody who has to decide does, on the demo that everybody can start. */
describe.skipIf(lacks(chromium))('rightsizing', () => {
  beforeAll(async () => {
    opened = await openConsole('rightsizing', [], /Job 1: partial/);
    ({ home, page } = opened);
  });

  afterAll(() => opened?.[Symbol.asyncDispose]());

  it('is announced on the overview, with what it costs', async () => {
    const { classes, policy } = await summary();
    await page.goto(home);
    const count = english(classes.idle.servers + classes.oversized.servers);
    const card = page.locator('section').filter({ has: page.getByRole('heading', { name: 'Idle or oversized' }) });
    await card.getByRole('link', { name: count, exact: true }).waitFor();
    const month = ((classes.idle.savings_usd + classes.oversized.savings_usd) / policy.look_back_days) * (365 / 12);
    await expect.poll(() => card.textContent()).toContain(`≈ $${english(Math.round(month))} / month`);
    await card.getByRole('link', { name: count, exact: true }).click();
    await page.getByRole('heading', { name: 'Rightsizing', level: 1 }).waitFor();
  });

  it('counts as the API does', async () => {
    const told = await summary();
    const links = page.getByRole('navigation', { name: 'Servers by class' }).getByRole('link');
    const shown = () =>
      links.evaluateAll((all) =>
        all.map((link) => [link.querySelector('.state')?.textContent, link.querySelector('b')?.textContent]),
      );
    await expect.poll(shown).toEqual([
      [classes.idle, english(told.classes.idle.servers)],
      [classes.oversized, english(told.classes.oversized.servers)],
      [classes.fit, english(told.classes.fit.servers)],
      [classes.hot, english(told.classes.hot.servers)],
      [classes.not_enough_data, english(told.classes.not_enough_data.servers)],
    ]);
    await expect
      .poll(() => page.getByLabel('Decision').locator('option:checked').textContent())
      .toBe(`Open (${english(told.states.open)})`);
  });

  it('says what is not known, which is never zero', async () => {
    await page.goto(`${home}/rightsizing?class=not_enough_data`);
    const first = page
      .getByRole('row')
      .filter({ has: page.getByRole('rowheader') })
      .first();
    await first.getByText('Not enough data').waitFor();
    expect(await first.textContent()).not.toMatch(/[^a-z]0(\.0)? ?%|\$0/);
    expect(await first.getByRole('checkbox').count()).toBe(0);
    await page.goto(`${home}/rightsizing?class=idle`);
    await page.getByText('no price', { exact: true }).first().waitFor();
  });

  it('keeps a decision on several servers, also after a reload', async () => {
    const before = await summary();
    await page.goto(`${home}/rightsizing?class=idle&state=open&provider=aws`);
    const boxes = page.getByRole('row').getByRole('checkbox', { name: /^Select (?!all)/ });
    await boxes.first().check();
    await boxes.nth(1).check();
    await boxes.nth(2).check();
    await page.getByText('3 selected').waitFor();
    await opened.screenshot('1-selected');
    const held = Promise.withResolvers<void>();
    await page.route('**/api/rightsizing/decisions', async (route) => {
      await held.promise;
      await route.continue();
    });
    await page.getByRole('button', { name: 'Accept 3' }).click();
    // Who goes on meanwhile loses neither what is picked nor the place.
    await boxes.nth(3).check();
    held.resolve();
    await page.getByText('Accepted: 3').waitFor();
    await page.getByText('1 selected').waitFor();
    await boxes.first().and(page.locator(':checked:focus')).waitFor();
    await page.unroute('**/api/rightsizing/decisions');
    await page.goto(`${home}/rightsizing?state=accepted`);
    await page.getByText('3 on this page').waitFor();
    await page.reload();
    await page.getByText('3 on this page').waitFor();
    const after = await summary();
    expect(after.states).toMatchObject({ accepted: 3, open: before.states.open - 3 });
  });

  it('snoozes until a day, and dismisses with a reason only', async () => {
    const [first] = await ask('/rightsizing?class=idle&state=open&q=provider%3Aaws&limit=1', z.array(Row));
    await page.goto(`${home}/servers/${first?.id}?tab=rightsizing`);
    await page.getByRole('button', { name: 'Dismiss…' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Dismiss', exact: true }).click();
    await dialog.getByText('Say why').waitFor();
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Snooze…' }).click();
    await dialog.getByLabel('Until').fill('2099-02-03');
    await dialog.getByLabel('Note').fill('after the fair');
    await dialog.getByRole('button', { name: 'Snooze', exact: true }).click();
    await page.getByText('after the fair').waitFor();
    await page.reload();
    await page.getByText('after the fair').waitFor();
    const [snoozed] = await ask('/rightsizing?state=snoozed&limit=1000', z.array(Row));
    expect(snoozed).toMatchObject({ id: first?.id, decision: { note: 'after the fair' } });
    expect(snoozed?.decision?.until).toMatch(/^2099-02-0[234]T/);
    await page.getByRole('button', { name: 'Take back' }).click();
    await page.getByRole('button', { name: 'Take back' }).waitFor({ state: 'hidden' });
    await expect.poll(async () => (await summary()).states.snoozed).toBe(0);
  });

  it('shows what led to a verdict, on the size that it has and the one that is suggested', async () => {
    const rows = await ask('/rightsizing?class=hot&limit=1000', z.array(Row));
    const resized = rows.find((row) => row.suggestion?.action === 'resize' && row.memory !== null);
    await page.goto(`${home}/servers/${resized?.id}?tab=rightsizing`);
    const sizes = page.getByRole('table').filter({ hasText: 'Would have been clipped' });
    await sizes.getByRole('row', { name: /CPU left free/ }).waitFor();
    const chart = page.getByRole('img', { name: /^CPU utilization/ });
    await expect.poll(() => chart.getAttribute('aria-label')).toMatch(/at most [\d.]+\s%.+at most [\d.]+\s%/);
    const panel = page.locator('section').filter({ has: chart });
    const latest = await panel.locator('figcaption').textContent();
    await chart.focus();
    await page.keyboard.press('Home');
    await expect.poll(() => panel.locator('figcaption').textContent()).not.toBe(latest);
    await panel.getByRole('button', { name: 'Table' }).click();
    await page
      .getByRole('columnheader', { name: /, max$/ })
      .nth(1)
      .waitFor();
    await opened.screenshot('2-server');
  });

  it('tells what a policy would change before it is saved, and saves it', async () => {
    const before = await summary();
    await page.goto(`${home}/rightsizing/policy`);
    const fields = page.getByRole('group', { name: 'What makes a server idle' });
    const idle = fields.getByLabel('Idle: CPU below');
    await idle.fill('400');
    await fields.getByText('At most 100.').waitFor();
    await page.getByText('Correct the values').waitFor();
    const asked = page.waitForResponse(/rightsizing\/preview$/);
    await idle.fill('60');
    const answered = await asked;
    const preview = z.object({ data: Summary }).parse(await answered.json()).data;
    expect(preview.classes.idle.servers).toBeGreaterThan(before.classes.idle.servers);
    const row = page.getByRole('row').filter({ hasText: 'Idle' }).first();
    await row.getByText(`+${english(preview.classes.idle.servers - before.classes.idle.servers)}`).waitFor();
    await expect
      .poll(() => row.getByRole('cell').allTextContents())
      .toEqual([
        english(before.classes.idle.servers),
        english(preview.classes.idle.servers),
        `+${english(preview.classes.idle.servers - before.classes.idle.servers)}`,
      ]);
    await expect.poll(() => page.locator('path.threshold').getAttribute('d')).toMatch(/^M60 /);
    await opened.screenshot('3-preview');
    expect((await summary()).policy.name).toBe('standard');
    await page.getByRole('button', { name: 'Bold' }).click();
    await page.getByRole('button', { name: 'Save policy' }).click();
    await page.getByText('Saved. It holds').waitFor();
    await page.goto(`${home}/rightsizing`);
    await page.getByRole('link', { name: 'Policy: Bold' }).waitFor();
    expect((await summary()).policy.name).toBe('bold');
  });

  it('needs no mouse', async () => {
    await page.goto(`${home}/rightsizing?class=idle&state=open`);
    const box = page.getByRole('checkbox', { name: /^Select (?!all)/ }).first();
    await box.waitFor();
    await tabTo(box);
    await page.keyboard.press('Space');
    const dismiss = page.getByRole('button', { name: 'Dismiss 1…' });
    await dismiss.waitFor();
    await tabTo(dismiss, 'Shift+Tab');
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog');
    await dialog.waitFor();
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    await dismiss.and(focused()).waitFor();
    await page.keyboard.press('Enter');
    await dialog.getByRole('textbox').and(focused()).waitFor();
    await page.keyboard.type('kept for the audit');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.getByText('Dismissed: 1').waitFor();
    await page.getByRole('status').filter({ hasText: 'Dismissed: 1' }).and(focused()).waitFor();
    expect((await summary()).states.dismissed).toBe(1);
  });

  it('says that nothing is open, or that a page lies past the end, of a fleet that is there', async () => {
    const pages = await Array.fromAsync(openVerdicts());
    const last = pages.at(-1);
    await decide({ state: 'dismissed', ids: last?.ids, note: 'the last page' });
    await page.goto(`${home}/rightsizing?after=${last?.cursor}`);
    await page.getByRole('heading', { name: 'The list ends before this page' }).waitFor();
    await page.getByRole('link', { name: 'First page' }).click();
    await page.getByText(/^\d+ on this page$/).waitFor();
    const all = pages.flatMap(({ ids }) => ids);
    await decide({ state: 'dismissed', ids: all, note: 'all of them' });
    await page.goto(`${home}/rightsizing`);
    await page.getByRole('heading', { name: 'Nothing is open' }).waitFor();
    for (const width of [360, 1360]) {
      await page.setViewportSize({ width, height: 900 });
      expect(await violationsOf(page)).toEqual([]);
      await opened.screenshot(`4-nothing-open-${width}`);
    }
    await page.goto(`${home}/rightsizing?provider=aws`);
    await page.getByRole('heading', { name: 'No server matches' }).waitFor();
    await page.getByRole('link', { name: 'Show all verdicts' }).click();
    await page.getByText(/^\d+ on this page$/).waitFor();
    expect(Object.fromEntries(new URL(page.url()).searchParams)).toEqual({ provider: 'aws', state: 'any' });
    await decide({ state: 'open', ids: all });
  });

  it('offers a viewer nothing that a viewer may not do', async () => {
    await makeAndSignIn('admin');
    await makeAndSignIn('viewer');
    await page.goto(`${home}/rightsizing?class=idle`);
    await page.getByText('Operators decide. You may look.').waitFor();
    await page.getByRole('row').nth(5).waitFor();
    expect(await page.getByRole('checkbox').count()).toBe(0);
    await page.goto(`${home}/rightsizing/policy`);
    await page.getByText('Operators change the policy. You may look.').waitFor();
    expect(await page.getByRole('button', { name: 'Save policy' }).count()).toBe(0);
    await expect.poll(() => page.getByLabel('Look-back').isDisabled()).toBe(true);
    expect(await page.getByRole('slider').count()).toBe(0);
  });

  it('complained of nothing and asked nobody else', () => {
    expect(opened.complaints).toEqual([]);
    expect(opened.foreign).toEqual([]);
  });
});

/** Page by page, each with the cursor that leads to it. */
async function* openVerdicts() {
  let cursor = '';
  for (;;) {
    const answer = await fetch(`${home}/api/rightsizing?state=open&limit=500${cursor && `&cursor=${cursor}`}`);
    const { data, meta } = Listed.parse(await answer.json());
    yield { ids: data.map(({ id }) => id), cursor };
    if (meta.next === undefined) return;
    cursor = meta.next;
  }
}

async function decide(decision: object): Promise<void> {
  const told = await page.request.post(`${home}/api/rightsizing/decisions`, { data: decision });
  expect(told.status()).toBe(200);
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

/** Presses Tab until something has the focus. @throws Error where it never gets it */
async function tabTo(place: Locator, key = 'Tab'): Promise<void> {
  for (let presses = 0; presses < 60; presses++) {
    if ((await place.and(focused()).count()) === 1) return;
    await page.keyboard.press(key);
  }
  throw new Error(`60 times ${key} do not lead there`);
}

function focused(): Locator {
  return page.locator(':focus');
}
