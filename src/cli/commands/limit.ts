import { type Command, InvalidArgumentError } from 'commander';
import { loadProvider } from '#providers/registry.ts';
import { type ConcurrencyLimit, ofPlugins } from '#store/limits.ts';
import { dataPlace, openData } from '../open-data.ts';
import { type ListFlags, listsRows, write } from '../output.ts';

/** `<provider>`, or `<provider>/<account>` by the cloud's own id, or `plugin/<name>`. */
type LimitName = Omit<ConcurrencyLimit, 'tasks'>;

export function addLimitCommand(program: Command): void {
  const limit = program.command('limit');
  const set = limit
    .command('set')
    .description('holds for runs that begin from now on')
    .argument('<of>', '<provider>, <provider>/<account id>, or plugin/<name>', parseName)
    .argument('<tasks>', '1 or more', parseTasks);
  set.action(async (of: LimitName, tasks: number) => {
    await using data = await openData(dataPlace(set));
    if (of.provider === ofPlugins && of.account !== undefined) await data.store.plugins.get(of.account);
    else await loadProvider(of.provider);
    await data.store.limits.set({ ...of, tasks });
  });
  listsRows(limit.command('list').description('all limits'), listAll);
  const remove = limit.command('rm').description('limit no more').argument('<of>', 'as it was set', parseName);
  remove.action(async (of: LimitName) => {
    await using data = await openData(dataPlace(remove));
    await data.store.limits.remove(of);
  });
}

async function listAll(flags: ListFlags, command: Command): Promise<void> {
  await using data = await openData(dataPlace(command));
  await write<ConcurrencyLimit>({
    flags,
    store: data.store,
    rows: await data.store.limits.list(),
    columns: [
      { title: 'PROVIDER', value: ({ provider }) => provider },
      { title: 'ACCOUNT', value: ({ account }) => account ?? 'all' },
      { title: 'TASKS', value: ({ tasks }) => String(tasks), alignRight: true },
    ],
  });
}

function parseName(text: string): LimitName {
  const [provider = '', ...account] = text.split('/');
  return account.length === 0 ? { provider } : { provider, account: account.join('/') };
}

function parseTasks(text: string): number {
  const tasks = Number(text);
  if (!Number.isInteger(tasks) || tasks < 1) throw new InvalidArgumentError('It has to be 1 or more.');
  return tasks;
}
