import type { Command } from 'commander';
import pc from 'picocolors';
import { CollectError, type ErrorReport, reportOf } from '#model/errors.ts';
import type { Expiry } from '#model/expiry.ts';
import { keepExpiry } from '#platform/account/expiry.ts';
import { accountOrigins } from '#platform/account/origin.ts';
import { openSecret, replaceSecret } from '#platform/secret/accounts.ts';
import type { Account } from '#store/accounts.ts';
import { type Finding, testAccount, testSecret } from '../account-test.ts';
import { expiryText } from '../expiry-text.ts';
import { plural } from '../format.ts';
import { onInterrupt } from '../interrupt.ts';
import { askNewSecret, type NewSecretFlags } from '../new-secret.ts';
import { dataPlace, openData } from '../open-data.ts';
import { type ListFlags, listsRows, print, write } from '../output.ts';
import { collectEach } from '../parse-list.ts';
import { addProviderCommands, type GivenAccess } from '../provider-commands.ts';
import { askedFleet } from '../remote/asked-fleet.ts';
import { saveAccount } from '../save-account.ts';
import { note } from '../say.ts';
import type { Column } from '../table.ts';

interface RotateFlags extends NewSecretFlags {
  readonly force?: boolean;
}

export function addAccountCommand(program: Command): void {
  const account = program.command('account');
  const add = account.command('add').description('save an account; its credentials are sealed, and never shown again');
  addProviderCommands(add, (command, access) => {
    command
      .option('--name <name>', 'how to call it')
      .action((flags: { name?: string }) => addOne(access, flags.name, command));
  });
  listsRows(account.command('list').description('saved accounts'), listAll);
  const test = account
    .command('test')
    .description('sign in and look for regions and servers; free of charge')
    .argument('<name>');
  test.action((name: string) => testOne(name, test));
  const rotate = account
    .command('rotate')
    .description('put a new secret in the place of the old one, once it has been tried; until then the old one stays')
    .argument('<name>')
    .option(
      '--set <field=value>',
      'what goes with it and is no secret: accessKeyId=AKIA…; may be given again',
      collectEach,
      [],
    )
    .option('--secret-stdin', 'read the secret from standard input (FLEETGAUGE_SECRET works too)')
    .option('--force', 'also where it opens less than all regions');
  rotate.action((name: string, flags: RotateFlags) => rotateOne(name, flags, rotate));
  const remove = account
    .command('rm')
    .description('forget an account and its credentials; its inventory stays')
    .argument('<name>');
  remove.action((name: string) => removeOne(name, remove));
}

async function addOne(access: GivenAccess, givenName: string | undefined, command: Command): Promise<void> {
  await using data = await openData(dataPlace(command));
  const { name } = await saveAccount(data, access, givenName, new AbortController().signal);
  note(`Next   fleetgauge account test ${name}, then fleetgauge collect --account ${name}`);
}

/** An account, and when its secret was last replaced, as far as that is known. */
type Listed = Account & { readonly rotatedAt?: number };

const columns: readonly Column<Listed>[] = [
  { title: 'NAME', value: ({ name }) => name },
  { title: 'PROVIDER', value: ({ provider }) => provider },
  { title: 'ACCOUNT', value: ({ account }) => account },
  { title: 'STATUS', value: ({ status }) => status.state.toLowerCase() },
  {
    title: 'LAST USED',
    value: ({ lastUsedAt }) => (lastUsedAt === undefined ? 'never' : new Date(lastUsedAt).toISOString()),
  },
];

const wideColumns: readonly Column<Listed>[] = [
  ...columns,
  { title: 'ADDED', value: ({ createdAt }) => new Date(createdAt).toISOString() },
  {
    title: 'ROTATED',
    value: ({ rotatedAt }) => (rotatedAt === undefined ? '–' : new Date(rotatedAt).toISOString()),
  },
];

async function listAll(flags: ListFlags, command: Command): Promise<void> {
  const remote = await askedFleet(command);
  if (remote !== undefined) return write<Listed>({ flags, columns, wideColumns, ...(await remote.accounts()) });
  await using data = await openData(dataPlace(command));
  const { store } = data;
  const accounts = await store.accounts.list();
  const origins = await accountOrigins(store.audit, accounts);
  const rows = accounts.map((account): Listed => {
    const { rotatedAt } = origins.get(account.id) ?? {};
    return { ...account, ...(rotatedAt === undefined ? {} : { rotatedAt }) };
  });
  await write({ flags, store, rows, columns, wideColumns });
}

async function testOne(name: string, command: Command): Promise<void> {
  await using data = await openData(dataPlace(command));
  using interrupt = onInterrupt(note);
  const account = await data.store.accounts.get(name);
  let refused: CollectError | undefined;
  for await (const finding of testAccount(data, account, interrupt.stopping)) {
    const line = describe(finding);
    if (line !== undefined) await print(line);
    if (finding.about === 'refusal') refused = finding.error;
  }
  if (refused !== undefined) throw refused;
}

async function rotateOne(name: string, flags: RotateFlags, command: Command): Promise<void> {
  await using data = await openData(dataPlace(command));
  const account = await data.store.accounts.get(name);
  const before = await data.store.accounts.sealedSecret(account.id);
  const secret = await askNewSecret(account, await openSecret(data.store, data.key, account), flags);
  using interrupt = onInterrupt(note);
  let refused: ErrorReport | undefined;
  let expiry: Expiry | undefined;
  for await (const finding of testSecret(account, secret, interrupt.stopping)) {
    if (finding.about === 'sign-in' && finding.principal !== account.account) {
      throw new CollectError('invalid_input', `the new secret is of ${finding.principal}; the old one stays`, {
        where: `${name} is ${account.account}`,
        fix: 'for another account: fleetgauge account add',
      });
    }
    const line = describe(finding);
    if (line !== undefined) note(line);
    if (finding.about === 'expiry') expiry = finding.expiry;
    if (finding.about !== 'refusal') continue;
    refused ??= reportOf(finding.error);
    if (flags.force) continue;
    throw new CollectError(finding.error.code, `${finding.error.message}; the old secret stays`, {
      where: finding.region ?? finding.account,
      fix: finding.error.fix ?? 'give the new one the same permissions, or add --force',
    });
  }
  interrupt.stopping.throwIfAborted();
  await replaceSecret(data.store, data.key, account, secret, before);
  await keepExpiry(data.store, account.id, expiry);
  const status = refused === undefined ? { state: 'OK' as const } : { state: 'FAILED' as const, error: refused };
  await data.store.accounts.updateStatus(account.id, { ...status, at: Date.now() });
  note(`Replaced the secret of ${name}. Take the old one back in the cloud's own console.`);
}

/** Undefined for what is not worth a line. */
function describe(finding: Finding): string | undefined {
  switch (finding.about) {
    case 'expiry': {
      const text = expiryText(finding.expiry, Date.now());
      return text === undefined ? undefined : `${pc.yellow('!')} its ${text}`;
    }
    case 'sign-in':
      return `${pc.green('✓')} signed in as ${finding.principal}`;
    case 'regions':
      return `${pc.green('✓')} ${finding.account}  ${plural(finding.regions, 'region')}`;
    case 'servers':
      return `${pc.green('✓')} ${finding.account}  ${finding.region}  ${plural(finding.servers, 'server')}`;
    case 'refusal':
      return `${pc.red('✕')} ${finding.account}  ${finding.region === undefined ? '' : `${finding.region}  `}${finding.error.message}${finding.error.fix === undefined ? '' : `\n  fix  ${finding.error.fix}`}`;
  }
}

async function removeOne(name: string, command: Command): Promise<void> {
  await using data = await openData(dataPlace(command));
  const account = await data.store.accounts.get(name);
  await data.store.accounts.remove(account.id);
  note(`Forgot account ${name} and its credentials.`);
}
