import { type Command, InvalidArgumentError } from 'commander';
import { Budget, readBudget, writeBudget } from '#platform/budget/budget.ts';
import { type MonthStanding, monthStanding } from '#platform/budget/month.ts';
import { describeBudget } from '../describe-budget.ts';
import { formatUsd } from '../format.ts';
import { dataPlace, openData } from '../open-data.ts';
import { addRowOptions, type RowFlags, write } from '../output.ts';
import { note } from '../say.ts';

type Limit = number | 'none';

interface BudgetFlags {
  readonly run?: Limit;
  readonly month?: Limit;
  readonly warn?: number;
}

export function addBudgetCommand(program: Command): void {
  const budget = program.command('budget');
  const show = addRowOptions(budget.command('show')).description('what runs may cost, and what this month has cost');
  show.action((flags: RowFlags) => showBudget(flags, show));
  const set = budget
    .command('set')
    .description('holds for runs that begin from now on; what is not given stays')
    .option('--run <usd>', 'one run; none for no limit', limit)
    .option('--month <usd>', 'a calendar month, UTC; none for no limit', limit)
    .option('--warn <percent>', 'of the month, from which on its cost is a warning', percent);
  set.action((flags: BudgetFlags) => setBudget(flags, set));
}

async function showBudget(flags: RowFlags, command: Command): Promise<void> {
  await using data = await openData(dataPlace(command));
  await write<MonthStanding>({
    flags,
    store: data.store,
    rows: [await monthStanding(data.store, Date.now())],
    columns: [
      { title: 'RUN', value: ({ budget }) => usdOf(budget.run_usd), alignRight: true },
      { title: 'MONTH', value: ({ budget }) => usdOf(budget.month_usd), alignRight: true },
      { title: 'WARN AT', value: ({ budget }) => `${budget.warn_percent} %`, alignRight: true },
      { title: 'SPENT', value: ({ spending }) => formatUsd(spending.usd), alignRight: true },
      { title: 'AT MOST', value: ({ spending }) => formatUsd(spending.usdAtMost), alignRight: true },
      { title: 'HELD', value: ({ spending }) => formatUsd(spending.heldUsd), alignRight: true },
      { title: 'LEFT', value: ({ leftUsd }) => usdOf(leftUsd), alignRight: true },
    ],
  });
}

async function setBudget({ run, month, warn }: BudgetFlags, command: Command): Promise<void> {
  await using data = await openData(dataPlace(command));
  const before = await readBudget(data.store, Date.now());
  const next = Budget.parse({
    run_usd: run === 'none' ? null : (run ?? before.run_usd),
    month_usd: month === 'none' ? null : (month ?? before.month_usd),
    warn_percent: warn ?? before.warn_percent,
  });
  await writeBudget(data.store, next, Date.now());
  note(describeBudget(await monthStanding(data.store, Date.now())));
}

function usdOf(usd: number | null): string {
  return usd === null ? 'none' : formatUsd(usd);
}

function limit(text: string): Limit {
  if (text === 'none') return text;
  const usd = Number(text);
  if (text.trim() === '' || !(usd > 0 && usd <= 1e9))
    throw new InvalidArgumentError('It has to be a sum in USD, or none.');
  return usd;
}

function percent(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > 100) throw new InvalidArgumentError('It has to be 1 to 100.');
  return value;
}
