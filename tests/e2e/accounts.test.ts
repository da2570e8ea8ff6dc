import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type AwsCloud, startAwsCloud } from '../../src/demo/aws/server.ts';
import { type AzureCloud, startAzureCloud } from '../../src/demo/azure/server.ts';
import { violationsOf } from './accessibility.ts';
import { type OpenedConsole, openConsole } from './open-console.ts';
import { chromium, lacks } from './parts.ts';
import { runCli } from './run-cli.ts';

/** The account that this machine signs in to. */
const machine = {
  id: '310000000010',
  name: 'machine',
  accessKeyId: 'AKIADEMOMACHINE00010',
  secretAccessKey: 'demoMachineSecretThatOpensNothingReal010',
  regions: {},
};
/** The one that is read, by a role or by its key. */
const read = {
  id: '310000000011',
  name: 'read',
  accessKeyId: 'AKIADEMOREADONLY0011',
  secretAccessKey: 'demoReadSecretThatOpensNothingReal000011',
  regions: { 'us-east-1': 8, 'eu-west-1': 4 },
  roles: [{ name: 'fleetgauge-reader', trustedAccounts: [machine.id] }],
};
const tenant = {
  id: '31000000-0000-4000-8000-000000000001',
  subscriptions: [
    { id: '31000000-0000-4000-8000-00000000001a', name: 'payments', regions: { westeurope: 3 } },
    { id: '31000000-0000-4000-8000-00000000001b', name: 'sandbox', regions: { westeurope: 2 } },
  ],
  applications: [
    {
      clientId: '31000000-0000-4000-8000-000000000021',
      objectId: '31000000-0000-4000-8000-000000000031',
      secret: 'e2e~secret-that-opens-nothing-real',
    },
  ],
};

const Template = z.looseObject({ Resources: z.looseObject({ Reader: z.looseObject({}) }) });
const Account = z.looseObject({ id: z.number() });
const Detail = z.looseObject({ rotated_by: z.string().nullable() });

let cloud: AwsCloud;
let azure: AzureCloud;
let opened: OpenedConsole;
let home: string;
let page: Page;

async function ask<T>(path: string, data: z.ZodType<T>, body?: object): Promise<T> {
  const answer = await page.request.fetch(
    `${home}/api${path}`,
    body === undefined ? {} : { method: 'POST', data: body },
  );
  return z.object({ data }).parse(await answer.json()).data;
}

/** Each account as its owner sees it, from the wizard to the day on which its secret is replaced. */
describe.skipIf(lacks(chromium))('accounts', () => {
  beforeAll(async () => {
    [cloud, azure] = await Promise.all([
      startAwsCloud({ accounts: [machine, read], faults: { quotaMultiplier: 100 } }),
      startAzureCloud({ tenants: [tenant] }),
    ]);
    opened = await openConsole('accounts', ['--no-demo'], undefined, {
      AWS_ACCESS_KEY_ID: machine.accessKeyId,
      AWS_SECRET_ACCESS_KEY: machine.secretAccessKey,
      AWS_ENDPOINT_URL: cloud.url,
    });
    ({ home, page } = opened);
  });

  afterAll(async () => {
    await opened?.[Symbol.asyncDispose]();
    await Promise.all([cloud?.stop(), azure?.stop()]);
  });

  it('makes a role whose external id is the draft’s own, and keeps it where the page is left', async () => {
    await page.goto(`${home}/accounts/new?provider=aws&step=access`);
    await page.getByRole('radio', { name: /Role to assume.*recommended/, checked: true }).waitFor();
    const external = page.getByLabel(/^External ID/);
    await expect.poll(() => external.inputValue()).toMatch(/^fleetgauge-[0-9a-f]{32}$/);
    const id = await external.inputValue();
    const role = page.getByRole('region', { name: 'The role, to be made in the account' });
    await role.getByText(`account ${machine.id} alone`).waitFor();
    const saved = page.waitForEvent('download');
    await role.getByRole('button', { name: 'Save the template' }).click();
    const file = await saved;
    expect(file.suggestedFilename()).toBe('fleetgauge-role.json');
    const template = await readFile(await file.path(), 'utf8');
    Template.parse(JSON.parse(template));
    expect(template).toContain(id);
    await opened.screenshot('1-role');
    for (const form of ['CLI', 'Terraform']) {
      await role.getByRole('button', { name: form, exact: true }).click();
      await role.getByText(id).first().waitFor();
    }
    await role.getByRole('button', { name: 'JSON policy' }).click();
    await role.getByText('cloudwatch:GetMetricData').waitFor();
    expect(await role.getByRole('link').count()).toBe(0);
    await page.goto(`${home}/accounts`);
    await page.goto(`${home}/accounts/new?provider=aws&step=access`);
    await expect.poll(() => external.inputValue()).toBe(id);
  });

  it('tests it as one watches: each call as it ends, and which region is slow', async () => {
    cloud.faults.set({ hangingRegions: ['eu-west-1'] });
    await page.getByLabel('Role to assume (ARN)').fill(`arn:aws:iam::${read.id}:role/fleetgauge-reader`);
    await page.getByRole('button', { name: 'Test access' }).click();
    const checks = page.getByRole('list', { name: 'Calls that were tried' });
    await checks.getByText('sts:AssumeRole').waitFor();
    const ended = checks.getByRole('listitem').filter({ hasText: 'sts:AssumeRole' });
    await ended.getByText('Works').waitFor();
    await ended.getByText(/\d+ ms/).waitFor();
    const slow = checks.getByRole('listitem').filter({ hasText: 'ec2:DescribeInstances' });
    await slow.getByText('still asking eu-west-1…').waitFor();
    await slow.getByText('Asking', { exact: true }).waitFor();
    await opened.screenshot('2-still-asking');
    await page.getByRole('button', { name: 'Stop the test' }).click();
    cloud.faults.set({ hangingRegions: [] });
    await page.getByRole('button', { name: 'Test access' }).click();
    await page.getByText('All of it works.').waitFor();
    await page.getByLabel('Name of the account').fill('by-role');
    await page.getByRole('button', { name: 'Save and go on' }).click();
    await page.getByRole('button', { name: /^Run · / }).waitFor();
  });

  it('shows how an account is connected, by id and by name', async () => {
    await page.goto(`${home}/accounts`);
    await page.getByRole('link', { name: 'by-role' }).click();
    await page.getByRole('heading', { level: 1, name: 'by-role' }).waitFor();
    const facts = page.getByRole('region', { name: 'How it is connected' });
    const shown = await facts.textContent();
    expect(shown).toContain('Role to assume, external ID');
    expect(shown).toContain(`arn:aws:iam::${read.id}:role/fleetgauge-reader`);
    expect(shown).toMatch(/fleetgauge-[0-9a-f]{32}/);
    expect(shown).toMatch(/Added.*local/);
    // The session of a role is renewed by itself: no cloud tells an end.
    expect(shown).toContain('Until–');
    await page.getByText('It has no secret of its own here.').waitFor();
    await page.goto(`${home}/accounts/by-role`);
    await page.getByRole('heading', { level: 1, name: 'by-role' }).waitFor();
  });

  it('replaces a secret once the new one works, and never before', async () => {
    const keys = { kind: 'keys', accessKeyId: read.accessKeyId, secretAccessKey: read.secretAccessKey };
    const secret = { from: keys, endpoint: cloud.url };
    const { id } = await ask('/accounts', Account, { provider: 'aws', name: 'by-key', secret });
    await page.goto(`${home}/accounts/${id}`);
    await page.getByText('****0011').first().waitFor();
    expect(await page.getByRole('main').textContent()).not.toContain(read.accessKeyId);
    await page.getByText('key without an end').waitFor();
    await page.getByRole('button', { name: 'Replace…' }).click();
    await page.getByLabel('Secret access key').fill('anotherSecretThatIsWrong0000000000000000');
    await page.getByRole('button', { name: 'Test and replace' }).click();
    await page.getByText('The new one does not do. The old one stays.').waitFor();
    await opened.screenshot('3-not-replaced');
    await page.getByLabel('Secret access key').fill(read.secretAccessKey);
    await page.getByRole('button', { name: 'Test and replace' }).click();
    await page.getByText('Replaced. Take the old one back').waitFor();
    await expect.poll(() => page.getByLabel('Secret access key').inputValue()).toBe('');
    await expect.poll(async () => (await ask(`/accounts/${id}`, Detail)).rotated_by).toBe('local');
    await page.getByText(/Secret replaced.*local/).waitFor();
    await opened.screenshot('4-replaced');
  });

  it('tells at the account what is missing there, and sees it again', async () => {
    cloud.faults.set({ deniedCloudwatch: ['*/eu-west-1'] });
    await page.getByRole('button', { name: 'Test again' }).click();
    await page.getByText('Some of it does not work yet.').waitFor();
    const statement = page.getByRole('region', { name: 'Add this to the permissions' });
    expect(JSON.parse((await statement.textContent()) ?? '')).toMatchObject({ Action: ['cloudwatch:GetMetricData'] });
    cloud.faults.set({ deniedCloudwatch: [] });
    await page.getByRole('button', { name: 'Test again' }).click();
    await page.getByText('All of it works.').waitFor();
  });

  it('lists what a run has read by it, with ways on', async () => {
    const run = await runCli(['--data', opened.folder, 'collect', '--account', 'by-key', '--days', '1', '--yes'], {
      home: opened.folder,
    });
    expect(run.code, run.stderr).toBe(0);
    await page.reload();
    const runs = page.getByRole('region', { name: 'Its runs' });
    await runs.getByRole('link', { name: /^#\d+$/ }).waitFor();
    await page.getByRole('link', { name: `Errors: ${read.id}` }).waitFor();
    await page.getByRole('link', { name: `Servers: ${read.id}` }).click();
    await page.getByText('of 12').first().waitFor();
  });

  it('is well kept in every theme, language and width', async () => {
    for (const [scheme, language, width] of [
      ['light', 'en', 1360],
      ['dark', 'ko', 1360],
      ['dark', 'en', 360],
      ['light', 'ko', 360],
    ] as const) {
      await page.setViewportSize({ width, height: 900 });
      await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' });
      await page.evaluate(`localStorage.setItem('fleetgauge.language', '${language}')`);
      const paths = { account: 'by-key', wizard: 'new?provider=aws&step=access', nobody: 'no-such-account' };
      for (const [name, path] of Object.entries(paths)) {
        await page.goto(`${home}/accounts/${path}`);
        await page.getByRole('heading', { level: 1 }).waitFor();
        if (name === 'wizard') await page.locator('.role-steps').waitFor();
        expect(await violationsOf(page), `${name} ${scheme} ${language} ${width}`).toEqual([]);
        const wide = await page.evaluate('document.documentElement.scrollWidth');
        expect(wide, `${name} ${width}`).toBeLessThanOrEqual(width);
        await opened.screenshot(`5-${name}-${scheme}-${language}-${width}`);
      }
    }
    await page.setViewportSize({ width: 1360, height: 900 });
    await page.emulateMedia({ colorScheme: 'light' });
    await page.evaluate("localStorage.setItem('fleetgauge.language', 'en')");
  });

  it('knows a key file by its project before anything is sent', async () => {
    const sent: string[] = [];
    page.on('request', (request) => {
      if (request.method() === 'POST') sent.push(request.url());
    });
    await page.goto(`${home}/accounts/new?provider=google_cloud&step=access`);
    await page.getByLabel('Service-account key', { exact: true }).check();
    const key = {
      type: 'service_account',
      project_id: 'e2e-project',
      client_email: 'reader@e2e-project.iam.gserviceaccount.com',
      private_key: '-----BEGIN PRIVATE KEY-----\nofNobody\n-----END PRIVATE KEY-----\n',
    };
    const file = { name: 'key.json', mimeType: 'application/json', buffer: Buffer.from(JSON.stringify(key)) };
    await page.getByLabel('Choose a file…').setInputFiles(file);
    await page.getByText(key.client_email).waitFor();
    await page.getByText('e2e-project', { exact: true }).waitFor();
    expect(await page.getByRole('main').textContent()).not.toContain('ofNobody');
    await opened.screenshot('6-key-file');
    expect(sent).toEqual([]);
    expect(await page.evaluate('JSON.stringify({ ...sessionStorage })')).not.toContain('ofNobody');
    const isHidden = async () => {
      await page.getByText(key.client_email).waitFor();
      expect(await page.getByRole('textbox', { name: 'Service-account key (JSON)' }).count()).toBe(0);
      expect(await page.getByRole('main').innerHTML()).not.toContain('ofNobody');
    };
    await page.getByLabel('What this machine has').check();
    await page.getByLabel('Service-account key', { exact: true }).check();
    await isHidden();
    await page.getByRole('button', { name: 'Test access' }).click();
    await page.getByRole('link', { name: 'Back to access' }).click();
    await isHidden();
    await opened.screenshot('6-key-file-again');
    expect(await violationsOf(page)).toEqual([]);
    await page.getByRole('button', { name: 'Another file' }).click();
    await page.getByLabel('Service-account key (JSON)').fill('{"type":"authorized_user"}');
    await page.getByText('This is no service-account key').waitFor();
  });

  it('lets subscriptions be picked from those that the test has found', async () => {
    await page.goto(`${home}/accounts/new?provider=azure&step=access`);
    await testAzure();
    const [payments, sandbox] = ['payments', 'sandbox'].map((name) => page.getByRole('checkbox', { name }));
    await page.getByLabel('These alone').check();
    await sandbox?.uncheck();
    await page.getByRole('link', { name: 'Back to access' }).click();
    // As the form takes them, and Azure itself: any case, a comma between.
    const ids = tenant.subscriptions.map(({ id }) => id.toUpperCase()).join(', ');
    await page.getByLabel(/^Subscriptions/).fill(ids);
    await page.getByRole('button', { name: 'Test access' }).click();
    await page.getByText('All of it works.').waitFor();
    expect([await payments?.isChecked(), await sandbox?.isChecked()]).toEqual([true, true]);
    await sandbox?.uncheck();
    expect([await payments?.isChecked(), await sandbox?.isChecked()]).toEqual([true, false]);
    await opened.screenshot('7-subscriptions');
    expect(await violationsOf(page)).toEqual([]);
    await page.getByLabel('Name of the account').fill('azure');
    await page.getByRole('button', { name: 'Save and go on' }).click();
    await page.getByRole('region', { name: 'Plan' }).getByText('3 servers').first().waitFor();
    await page.goto(`${home}/accounts/azure`);
    const facts = page.getByRole('region', { name: 'How it is connected' });
    await facts.getByText(tenant.subscriptions[0]?.id ?? '').waitFor();
    expect(await facts.textContent()).not.toContain(tenant.subscriptions[1]?.id);
  });

  it('is removed once that was confirmed, also from a list that is old', async () => {
    const link = page.getByRole('link', { name: 'azure', exact: true });
    await page.getByRole('link', { name: 'Accounts', exact: true }).first().click();
    await link.click();
    await page.getByRole('button', { name: 'Remove' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('button', { name: 'Remove' }).click();
    const isLetGo = Promise.withResolvers<void>();
    const list = ({ pathname }: URL) => pathname === '/api/accounts';
    await page.route(list, (route) => isLetGo.promise.then(() => route.fallback()));
    await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
    await page.getByRole('link', { name: 'by-key' }).waitFor();
    const left = await link.count();
    isLetGo.resolve();
    await page.unroute(list);
    expect(left).toBe(0);
    await opened.screenshot('8-list');
  });

  it('is planned anew where another one was there by its name', async () => {
    for (const { id, regions } of tenant.subscriptions) {
      await page.getByRole('link', { name: 'Connect a cloud' }).click();
      await page.getByRole('link', { name: /Microsoft Azure/ }).click();
      await testAzure(id);
      await page.getByLabel('Name of the account').fill('again');
      await page.getByRole('button', { name: 'Save and go on' }).click();
      const planned = page.getByRole('region', { name: 'Plan' }).getByText(`${regions.westeurope} servers`);
      await planned.first().waitFor();
      await page.getByRole('link', { name: 'Accounts', exact: true }).first().click();
      await page.getByRole('button', { name: 'Remove: again' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
      await page.getByRole('link', { name: 'again', exact: true }).waitFor({ state: 'detached' });
    }
  });

  it('asked nobody else, and complained of nothing but an account that is not there', () => {
    const expected = opened.complaints.filter((line) => !/no-such-account|404 \(Not Found\)/.test(line));
    expect(expected).toEqual([]);
    expect(opened.foreign).toEqual([]);
  });
});

/** Fills the form, and waits for what the test of it says. @param subscriptions all where left out */
async function testAzure(subscriptions = ''): Promise<void> {
  const [application] = tenant.applications;
  await page.getByLabel('Application and its secret').check();
  await page.getByLabel('Directory (tenant) ID').fill(tenant.id);
  await page.getByLabel('Application (client) ID').fill(application?.clientId ?? '');
  await page.getByLabel('Client secret').fill(application?.secret ?? '');
  await page.getByText('More: roles, regions, endpoints').click();
  await page.getByLabel(/^Subscriptions/).fill(subscriptions);
  await page.getByLabel(/^Sign-in endpoint/).fill(azure.url);
  await page.getByLabel(/^Resource Manager endpoint/).fill(azure.url);
  await page.getByLabel(/^Metrics endpoint/).fill(`${azure.url}/metrics/{region}`);
  await page.getByRole('button', { name: 'Test access' }).click();
  await page.getByText('All of it works.').waitFor();
}
