import type { Command } from 'commander';
import pc from 'picocolors';
import { Ledger } from '#collect/ledger.ts';
import { type AccountAccess, connect } from '#jobs/targets.ts';
import { CollectError, reportOf } from '#model/errors.ts';
import { serverType } from '#model/resource-type.ts';
import { openSecret } from '#platform/secret/accounts.ts';
import { loadProvider } from '#providers/registry.ts';
import type { Account } from '#store/accounts.ts';
import { plural } from '../format.ts';
import { dataPlace, openData } from '../open-data.ts';
import { type OutputForm, outputOption, write } from '../output.ts';
import { addProviderCommands, type GivenAccess } from '../provider-commands.ts';
import { saveAccount } from '../save-account.ts';

export function addAccountCommand(program: Command): void {
  const account = program.command('account').description('the clouds that we may look into');
  const add = account.command('add').description('save an account; its credentials are sealed, and never shown again');
  addProviderCommands(add, (command, access) => {
    command
      .option('--name <name>', 'how to call it')
      .action((flags: { name?: string }) => addOne(access, flags.name, command));
  });
  const list = account.command('list').description('saved accounts').addOption(outputOption());
  list.action((flags: { output: OutputForm }) => listAll(flags.output, list));
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
  process.stderr.write(`Next   fleetgauge account test ${name}, then fleetgauge collect --account ${name}\n`);
}

async function listAll(form: OutputForm, command: Command): Promise<void> {
  await using data = await openData(dataPlace(command));
  const rows = await data.store.accounts.list();
  await write<Account>({
    form,
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
  const account = await data.store.accounts.get(name);
  const provider = await loadProvider(account.provider);
  const signal = new AbortController().signal;
  try {
    const secret = provider.parseSecret(await openSecret(data.store, data.key, account));
    const { connection, accounts } = await connect(
      { name, provider, secret, regions: account.regions },
      { ledger: new Ledger(), signal },
    );
    process.stdout.write(`${pc.green('✓')} signed in as ${connection.principal}\n`);
    let refused: CollectError | undefined;
    for (const access of accounts) refused = (await testAccount(access, signal)) ?? refused;
    connection.close();
    await data.store.accounts.updateStatus(account.id, { state: 'OK', at: Date.now() });
    if (refused !== undefined) throw refused;
  } catch (caught) {
    const error = CollectError.from(caught);
    await data.store.accounts.updateStatus(account.id, { state: 'FAILED', at: Date.now(), error: reportOf(error) });
    throw error;
  }
}

/** Shows what an account holds. @returns the last refusal, where there was one */
async function testAccount({ fleet, regions }: AccountAccess, signal: AbortSignal): Promise<CollectError | undefined> {
  const show = (mark: string, text: string) => process.stdout.write(`${mark} ${fleet.account}  ${text}\n`);
  if ('error' in regions) {
    show(pc.red('✕'), regions.error.message);
    return regions.error;
  }
  show(pc.green('✓'), plural(regions.length, 'region'));
  let refused: CollectError | undefined;
  for (const region of regions) {
    try {
      let servers = 0;
      for await (const page of fleet.resources(region, [serverType], signal)) servers += page.length;
      if (servers > 0) show(pc.green('✓'), `${region}  ${plural(servers, 'server')}`);
    } catch (caught) {
      refused = CollectError.from(caught);
      show(pc.red('✕'), `${region}  ${refused.message}`);
    }
  }
  return refused;
}

async function removeOne(name: string, command: Command): Promise<void> {
  await using data = await openData(dataPlace(command));
  const account = await data.store.accounts.get(name);
  await data.store.accounts.remove(account.id);
  process.stderr.write(`Forgot account ${name} and its credentials.\n`);
}
