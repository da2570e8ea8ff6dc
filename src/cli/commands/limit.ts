import { type Command, InvalidArgumentError } from 'commander';
import { loadProvider } from '#providers/registry.ts';
import type { ConcurrencyLimit } from '#store/limits.ts';
import { dataPlace, openData } from '../open-data.ts';
import { type OutputForm, outputOption, write } from '../output.ts';

/** `<provider>`, or `<provider>/<account>` by the cloud's own id. */
type LimitName = Omit<ConcurrencyLimit, 'tasks'>;

export function addLimitCommand(program: Command): void {
  const limit = program
    .command('limit')
    .description('how many regions and accounts are read at once, over all workers; rate limits hold by themselves');
  const set = limit
    .command('set')
    .description('holds for runs that begin from now on')
    .argument('<of>', '<provider>, or <provider>/<account id>', parseName)
    .argument('<tasks>', '1 or more', parseTasks);
  set.action(async (of: LimitName, tasks: number) => {
    await loadProvider(of.provider);
    await using data = await openData(dataPlace(set));
    await data.store.limits.set({ ...of, tasks });
  });
  const list = limit.command('list').description('all limits').addOption(outputOption());
  list.action((flags: { output: OutputForm }) => listAll(flags.output, list));
  const remove = limit.command('rm').description('limit no more').argument('<of>', 'as it was set', parseName);
  remove.action(async (of: LimitName) => {
    await using data = await openData(dataPlace(remove));
    await data.store.limits.remove(of);
  });
}

async function listAll(form: OutputForm, command: Command): Promise<void> {
  await using data = await openData(dataPlace(command));
  await write<ConcurrencyLimit>({
    form,
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
