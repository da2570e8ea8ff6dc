import type { Command } from 'commander';
import pc from 'picocolors';
import type { CollectError } from '#model/errors.ts';
import type { Account } from '#store/accounts.ts';
import { type Finding, testAccount } from '../account-test.ts';
import { plural } from '../format.ts';
import { onInterrupt } from '../interrupt.ts';
import { dataPlace, openData } from '../open-data.ts';
import { type ListFlags, listsRows, print, write } from '../output.ts';
import { addProviderCommands, type GivenAccess } from '../provider-commands.ts';
import { saveAccount } from '../save-account.ts';
import { note } from '../say.ts';

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

async function listAll(flags: ListFlags, command: Command): Promise<void> {
  await using data = await openData(dataPlace(command));
  const rows = await data.store.accounts.list();
  await write<Account>({
    flags,
    store: data.store,
    rows,
    columns: [
      { title: 'NAME', value: ({ name }) => name },
      { title: 'PROVIDER', value: ({ provider }) => provider },
      { title: 'ACCOUNT', value: ({ account }) => account },
      { title: 'STATUS', value: ({ status }) => status.state.toLowerCase() },
      {
        title: 'LAST USED',
        value: ({ lastUsedAt }) => (lastUsedAt === undefined ? 'never' : new Date(lastUsedAt).toISOString()),
      },
    ],
  });
}

async function testOne(name: string, command: Command): Promise<void> {
  await using data = await openData(dataPlace(command));
  using interrupt = onInterrupt(note);
  const account = await data.store.accounts.get(name);
  let refused: CollectError | undefined;
  for await (const finding of testAccount(data, account, interrupt.stopping)) {
    await print(describe(finding));
    if (finding.about === 'refusal') refused = finding.error;
  }
  if (refused !== undefined) throw refused;
}

function describe(finding: Finding): string {
  switch (finding.about) {
    case 'sign-in':
      return `${pc.green('✓')} signed in as ${finding.principal}`;
    case 'regions':
      return `${pc.green('✓')} ${finding.account}  ${plural(finding.regions, 'region')}`;
    case 'servers':
      return `${pc.green('✓')} ${finding.account}  ${finding.region}  ${plural(finding.servers, 'server')}`;
    case 'refusal':
      return `${pc.red('✕')} ${finding.account}  ${finding.region === undefined ? '' : `${finding.region}  `}${finding.error.message}`;
  }
}

async function removeOne(name: string, command: Command): Promise<void> {
  await using data = await openData(dataPlace(command));
  const account = await data.store.accounts.get(name);
  await data.store.accounts.remove(account.id);
  note(`Forgot account ${name} and its credentials.`);
}
