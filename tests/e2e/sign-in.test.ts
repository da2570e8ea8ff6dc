import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startIssuer, type TestIssuer } from '#platform/identity/oidc/issuer.fixture.ts';
import { violationsOf } from './accessibility.ts';
import { openPage, type WatchedPage } from './browser.ts';
import { chromium, lacks } from './parts.ts';
import { type RunningCli, runCli, startCli } from './run-cli.ts';
import { type TemporaryFolder, temporaryFolder } from './temporary-folder.ts';

const ann = { email: 'ann@corp.example', role: 'admin', password: 'correct horse battery' };
const vic = { email: 'vic@corp.example', role: 'viewer', password: 'staple of a viewer' };
const deepLink = '/servers?q=web&stat=max';

let folder: TemporaryFolder;
let issuer: TestIssuer;
let product: RunningCli;
let home: string;
let watched: WatchedPage;
let page: Page;

describe.skipIf(lacks(chromium))('a console with users', () => {
  beforeAll(async () => {
    folder = await temporaryFolder('sign-in');
    issuer = await startIssuer(Date.now());
    for (const { email, role, password } of [ann, vic]) {
      const env = { FLEETGAUGE_PASSWORD: password };
      await cli(['user', 'add', email, '--role', role], env);
    }
    const { clientId, clientSecret = '' } = issuer.config;
    product = startCli(['--data', folder.path, 'serve', '--port', '0'], {
      home: folder.path,
      env: {
        FLEETGAUGE_OIDC_ISSUER: issuer.url,
        FLEETGAUGE_OIDC_CLIENT_ID: clientId,
        FLEETGAUGE_OIDC_CLIENT_SECRET: clientSecret,
        FLEETGAUGE_OIDC_NAME: 'Corp Login',
      },
    });
    [, home = ''] = await product.saw(/Console +(http:\S+)\s/);
    watched = await openPage(home);
    page = watched.page;
    page.setDefaultTimeout(60_000);
  });

  afterAll(async () => {
    await watched?.[Symbol.asyncDispose]();
    await product?.stop();
    await issuer?.stop();
    await folder?.[Symbol.asyncDispose]();
  });

  beforeEach(async () => {
    await page.context().clearCookies();
  });

  it('asks who comes, tells a wrong password, and leads to where they wanted to go', async () => {
    const asked: string[] = [];
    page.on('request', (request) => asked.push(new URL(request.url()).pathname));
    await page.goto(`${home}${deepLink}`);
    await page.getByRole('heading', { name: 'Sign in', exact: true }).waitFor();
    expect(asked.filter((path) => path.startsWith('/api/') && path !== '/api/session')).toEqual([]);
    await expect.poll(() => page.title()).toBe('Sign in · Fleetgauge');
    const fields = [page.getByLabel('E-mail'), page.getByLabel('Password', { exact: true })];
    const kinds = await Promise.all(fields.map((field) => field.getAttribute('autocomplete')));
    expect(kinds).toEqual(['username', 'current-password']);
    await fillIn({ ...ann, password: 'not her password' });
    await page.getByRole('alert').getByText('E-mail or password are wrong.').waitFor();
    await watched.screenshot('1-wrong-password');
    await fillIn(ann);
    await page.waitForURL(`${home}${deepLink}`);
    await page.getByRole('heading', { name: 'Servers' }).waitFor();
  });

  it('says who is signed in, signs out, and says that', async () => {
    await signIn(vic, '/');
    const who = page.getByRole('region', { name: 'Signed in' });
    await who.getByText(vic.email).waitFor();
    await who.getByText('Viewer').waitFor();
    await watched.screenshot('2-viewer');
    await who.getByRole('button', { name: 'Sign out' }).click();
    await page.getByText('You are signed out.').waitFor();
    expect(await statusOf('/api/status')).toBe(401);
    await page.goBack();
    await page.getByRole('heading', { name: 'Sign in', exact: true }).waitFor();
  });

  it('leads back after a session that ended in the middle', async () => {
    await signIn(vic, '/settings/about');
    await page.getByRole('definition').getByText('Your own accounts').waitFor();
    // What is asked every few seconds would find out first.
    await page.route('**/api/status', () => undefined);
    await page.context().clearCookies();
    await page.getByRole('link', { name: 'Runs' }).first().click();
    await page.getByText('Your session has ended.').waitFor();
    await page.unroute('**/api/status');
    await fillIn(vic);
    await page.waitForURL(`${home}/jobs`);
    await page.getByRole('heading', { name: 'Runs' }).waitFor();
  });

  it('leads to no other site', async () => {
    await page.goto(`${home}/login?${new URLSearchParams({ next: '//evil.example/x' })}`);
    await fillIn(vic);
    await page.waitForURL(`${home}/`);
  });

  it('says how long to wait after too many failures, and lets try again then', async () => {
    await using opened = await openPage(home);
    const own = opened.page;
    own.setDefaultTimeout(60_000);
    // All that an alert says, from its first moment on.
    await own.addInitScript(`window.said = []; new MutationObserver(() => {
      const alert = document.querySelector('[role=alert]');
      if (alert !== null) said.push(alert.textContent);
    }).observe(document, { childList: true, characterData: true, subtree: true })`);
    // No second passes until the test says so.
    await own.clock.setFixedTime(Date.now());
    await own.goto(`${home}/login`);
    const alert = own.getByRole('alert');
    // Nobody's: the failures of one account are not those of another. The first ones cost no waiting.
    const mallory = { email: 'mallory@corp.example', password: 'wrong each time' };
    await Promise.all(Array.from({ length: 5 }, () => loginStatus(mallory.email, mallory.password)));
    for (let failures = 5; failures < 12; failures++) {
      const answered = own.waitForResponse(`${home}/api/login`);
      await fillIn(mallory, own);
      if ((await answered).status() === 429) break;
      await alert.getByText('wrong').waitFor();
    }
    expect(await alert.textContent()).toMatch(/^Too many tries\. The next one is possible in \d+\ss\.$/);
    const button = own.getByRole('button', { name: /^Sign in \(in \d+\ss\)$/ });
    expect(await button.getAttribute('aria-disabled')).toBe('true');
    expect(await own.evaluate('said.filter((words) => !/^Too many tries|are wrong/.test(words))')).toEqual([]);
    await opened.screenshot('3-wait');
    await own.clock.setFixedTime(Date.now() + 3_600_000);
    await own.getByText('You can try again now.').waitFor();
    expect(await own.getByRole('button', { name: 'Sign in', exact: true }).getAttribute('aria-disabled')).toBe('false');
  });

  it('offers a viewer nothing that takes an admin', async () => {
    await signIn(vic, '/settings/account');
    const sections = page.getByRole('navigation', { name: 'Settings' }).getByRole('link');
    await expect
      .poll(() => sections.allTextContents())
      .toEqual(['Appearance', 'My account', 'Collection', 'Budget guard', 'Data', 'About']);
    await page.goto(`${home}/settings/users`);
    await page.getByText('It takes the role Admin; you are Viewer.').waitFor();
    expect(await page.getByRole('button', { name: 'Add' }).count()).toBe(0);
  });

  it('makes an API key that works until it is revoked', async () => {
    await signIn(vic, '/settings/account');
    await page.getByLabel('What for').fill('a script');
    await page.getByRole('button', { name: 'Create key' }).click();
    const key = await page.getByLabel('API key', { exact: true }).inputValue();
    expect(key).toMatch(/^fgk_/);
    await watched.screenshot('4-api-key');
    const status = async () =>
      (await fetch(`${home}/api/servers`, { headers: { authorization: `Bearer ${key}` } })).status;
    expect(await status()).toBe(200);
    await page.reload();
    await page.getByRole('rowheader', { name: 'a script' }).waitFor();
    expect(await page.content()).not.toContain(key);
    const revoke = page.getByRole('button', { name: 'Revoke the key “a script”' });
    await revoke.click();
    await page.getByRole('dialog').waitFor();
    expect(await violationsOf(page)).toEqual([]);
    await page.keyboard.press('Escape');
    expect(await status()).toBe(200);
    await revoke.click();
    await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
    await page.getByText('No keys yet.').waitFor();
    expect(await status()).toBe(401);
  });

  it('changes the own password, and tells a wrong one', async () => {
    await signIn(vic, '/settings/account');
    const next = 'another one of a viewer';
    const change = async (current: string, wanted: string) => {
      await page.getByLabel('Current password', { exact: true }).fill(current);
      await page.getByLabel('New password', { exact: true }).fill(wanted);
      await page.getByRole('button', { name: 'Change password' }).click();
    };
    await change('not his password', next);
    await page.getByRole('alert').getByText('The current password is wrong.').waitFor();
    await change(vic.password, vic.email.toUpperCase());
    await page.getByRole('alert').getByText('is not the e-mail').waitFor();
    await change(vic.password, next);
    await page.getByText('The password is changed.').waitFor();
    vic.password = next;
    expect(await statusOf('/api/status')).toBe(200);
    await signIn(vic, '/');
  });

  it('lets an admin add somebody, change what they may do, and keep them out', async () => {
    await signIn(ann, '/settings/users');
    await page.getByLabel('E-mail').fill('Olga@corp.example');
    await page.getByLabel('Role').selectOption('operator');
    await page.getByRole('button', { name: 'Make one' }).click();
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    await page.getByText('Added: olga@corp.example').waitFor();
    const password = await page.getByRole('status').getByLabel('Password', { exact: true }).inputValue();
    await watched.screenshot('5-added');
    const login = () => loginStatus('olga@corp.example', password);
    expect(await login()).toBe(200);

    await page.getByRole('link', { name: 'olga@corp.example' }).click();
    await page.getByText('Person · Operator · Enabled').waitFor();
    await page.getByLabel('Role').selectOption('viewer');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Person · Viewer · Enabled').waitFor();
    await watched.screenshot('6-one-user');
    await page.getByRole('button', { name: 'Disable' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Disable' }).click();
    await page.getByText('Person · Viewer · Disabled').waitFor();
    expect(await login()).toBe(401);
    await page.getByRole('button', { name: 'Enable' }).click();
    await page.getByText('Person · Viewer · Enabled').waitFor();
    expect(await login()).toBe(200);

    await page.getByRole('button', { name: 'Make one' }).click();
    await page.getByRole('button', { name: 'Set another password' }).click();
    const other = await page.getByRole('status').getByLabel('Password', { exact: true }).inputValue();
    expect([await login(), await loginStatus('olga@corp.example', other)]).toEqual([401, 200]);

    await page.goBack();
    await page.getByRole('link', { name: ann.email }).click();
    await page.getByText('This is you.').waitFor();
  });

  it('signs in by OpenID, to the same place, and says why not', async () => {
    issuer.now = Date.now();
    await page.goto(`${home}${deepLink}`);
    await page.getByRole('link', { name: 'Continue with Corp Login' }).click();
    await page.waitForURL(`${home}${deepLink}`);
    await page.getByRole('region', { name: 'Signed in' }).getByText(ann.email).waitFor();

    await page.context().clearCookies();
    issuer.person = { sub: '43', email: 'stranger@corp.example', email_verified: true };
    await page.goto(home);
    await page.getByRole('link', { name: 'Continue with Corp Login' }).click();
    await page.getByRole('alert').getByText('you may not sign in here').waitFor();
    await watched.screenshot('7-stranger');
  });

  it('goes by keys, tells them, and lets them be turned off', async () => {
    await signIn(vic, '/');
    await page.getByRole('link', { name: 'Overview' }).first().focus();
    await page.keyboard.press('?');
    const help = page.getByRole('dialog', { name: 'Keyboard' });
    await help.getByText('Go to: Servers').waitFor();
    await watched.screenshot('8-keys');
    expect(await violationsOf(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await help.waitFor({ state: 'hidden' });
    await expect.poll(() => page.evaluate('document.activeElement.textContent')).toBe('Overview');

    // Both within the time that the first one waits, however busy the browser is.
    await Promise.all(['g', 'c'].map((key) => page.keyboard.press(key)));
    await page.waitForURL(`${home}/jobs`);
    await page.keyboard.press('/');
    const search = page.locator('input[type=search]:focus');
    await search.waitFor();
    await page.keyboard.type('g/c?');
    await expect.poll(() => search.inputValue()).toBe('g/c?');

    await page.goto(`${home}/settings/appearance`);
    const singleKeys = page.getByRole('group', { name: 'Keys that are one character' });
    await singleKeys.getByRole('button', { name: 'Off' }).click();
    for (const key of ['?', 'g', 'c', '/']) await page.keyboard.press(key);
    expect([await help.isVisible(), page.url()]).toEqual([false, `${home}/settings/appearance`]);
    await singleKeys.getByRole('button', { name: 'On', exact: true }).click();
    await page.keyboard.press('?');
    await help.waitFor();
  });

  it('changes theme and language on both switches at once, and keeps them', async () => {
    await signIn(vic, '/settings/appearance');
    await page.getByRole('main').getByRole('button', { name: 'Dark' }).click();
    const pressed = page.getByRole('button', { name: 'Dark', pressed: true });
    await expect.poll(() => pressed.count()).toBe(2);
    await page.getByRole('main').getByRole('button', { name: '한국어' }).click();
    await page.getByRole('heading', { name: '설정' }).waitFor();
    await page.reload();
    await page.getByRole('main').getByRole('button', { name: '어둡게', pressed: true }).waitFor();
    await page.getByRole('region', { name: '로그인됨' }).getByRole('button', { name: '로그아웃' }).click();
    await page.getByText('로그아웃했습니다.').waitFor();
    await page.getByLabel('이메일').fill(vic.email);
    await page.getByLabel('비밀번호', { exact: true }).fill('틀린 비밀번호입니다');
    await page.getByRole('button', { name: '로그인', exact: true }).click();
    await page.getByText('이메일 또는 비밀번호가 맞지 않습니다.').waitFor();
    await watched.screenshot('9-korean');
    await keep('light', 'en');
  });

  describe.each(['light', 'dark'])('in %s', (theme) => {
    describe.each(['en', 'ko'])('and %s', (language) => {
      it.each([1360, 360])('is open to everyone at %i px', async (width) => {
        await page.setViewportSize({ width, height: 800 });
        await keep(theme, language);
        const problems: Record<string, readonly string[]> = {};
        const look = async (path: string) => {
          await page.goto(`${home}${path}`);
          await page.getByRole('heading', { level: 1 }).waitFor();
          await page
            .getByRole('heading', { level: path.startsWith('/login') ? 1 : 2 })
            .first()
            .waitFor();
          const isWide = await page.evaluate('document.documentElement.scrollWidth > innerWidth');
          const found = await violationsOf(page);
          if (isWide || found.length > 0) problems[path] = [...found, ...(isWide ? ['wider than the screen'] : [])];
          await watched.screenshot(`${theme}-${language}-${width}${path.replaceAll(/\W+/g, '-')}`);
        };
        await look('/login?problem=access_denied');
        expect(await loginStatus(ann.email, ann.password, page)).toBe(200);
        for (const section of ['appearance', 'account', 'users', 'about']) await look(`/settings/${section}`);
        expect(problems).toEqual({});
      });
    });
  });

  it('complained of nothing but what it should, and asked nobody else', () => {
    const expected = /^(?:401|429) |^400 .*\/api\/session\/password$|^Failed to load resource.* (?:400|401|429) /;
    expect(watched.complaints.filter((complaint) => !expected.test(complaint))).toEqual([]);
    expect(watched.foreign.filter((url) => !url.startsWith(issuer.url))).toEqual([]);
  });
});

describe.skipIf(lacks(chromium))('a console without users', () => {
  let empty: TemporaryFolder;
  let server: RunningCli;
  let opened: WatchedPage;

  beforeAll(async () => {
    empty = await temporaryFolder('no-users');
    server = startCli(['--data', empty.path, 'serve', '--port', '0'], { home: empty.path });
    const [, url = ''] = await server.saw(/Console +(http:\S+)\s/);
    opened = await openPage(url);
    opened.page.setDefaultTimeout(60_000);
    await opened.page.goto(`${url}/login`);
  });

  afterAll(async () => {
    await opened?.[Symbol.asyncDispose]();
    await server?.stop();
    await empty?.[Symbol.asyncDispose]();
  });

  it('asks nobody, until the first admin is there', async () => {
    const { page } = opened;
    await page.getByRole('heading', { name: 'Overview' }).waitFor();
    expect(await page.getByRole('button', { name: 'Sign out' }).count()).toBe(0);
    await page.getByRole('link', { name: 'Settings' }).first().click();
    const sections = page.getByRole('navigation', { name: 'Settings' }).getByRole('link');
    await expect
      .poll(() => sections.allTextContents())
      .toEqual(['Appearance', 'Collection', 'Budget guard', 'Users', 'Data', 'About']);
    await sections.filter({ hasText: 'Users' }).click();
    await page.getByText('Nobody has to sign in yet').waitFor();
    await opened.screenshot('no-users');
    await page.getByLabel('E-mail').fill(ann.email);
    await page.getByLabel('Password', { exact: true }).fill(ann.password);
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    await page.getByRole('heading', { name: 'Sign in', exact: true }).waitFor();
    await page.getByLabel('E-mail').fill(ann.email);
    await page.getByLabel('Password', { exact: true }).fill(ann.password);
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await page.getByRole('link', { name: ann.email }).waitFor();
  });
});

async function cli(args: readonly string[], env: Readonly<Record<string, string>>): Promise<void> {
  const result = await runCli(['--data', folder.path, ...args], { home: folder.path, env });
  expect(result).toMatchObject({ code: 0 });
}

async function fillIn({ email, password }: { email: string; password: string }, into = page): Promise<void> {
  await into.getByLabel('E-mail').fill(email);
  await into.getByLabel('Password', { exact: true }).fill(password);
  await into.getByRole('button', { name: 'Sign in', exact: true }).click();
}

/** Comes to a path, signs in, and is there. */
async function signIn(who: { email: string; password: string }, path: string): Promise<void> {
  await page.context().clearCookies();
  await page.goto(`${home}${path}`);
  await fillIn(who);
  await page.waitForURL(`${home}${path}`);
}

/** With the cookies of the browser. */
async function statusOf(path: string): Promise<number> {
  return (await page.request.get(`${home}${path}`)).status();
}

/** Signs in without a page; where one is given, it is signed in from then on. */
async function loginStatus(email: string, password: string, into?: Page): Promise<number> {
  const data = { email, password };
  if (into !== undefined) return (await into.request.post(`${home}/api/login`, { data })).status();
  const headers = { 'content-type': 'application/json' };
  return (await fetch(`${home}/api/login`, { method: 'POST', headers, body: JSON.stringify(data) })).status;
}

/** What the switches keep, for the pages to come. */
async function keep(theme: string, language: string): Promise<void> {
  await page.goto(`${home}/login`);
  await page.evaluate(
    `localStorage.setItem('fleetgauge.theme', '${theme}'); localStorage.setItem('fleetgauge.language', '${language}')`,
  );
}
