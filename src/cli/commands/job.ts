import { type Command, InvalidArgumentError } from 'commander';
import pc from 'picocolors';
import type { Job, LedgerLine, Task } from '#store/jobs.ts';
import { describeExcess, describeSpent } from '../describe-spent.ts';
import { formatCount, formatUsd } from '../format.ts';
import { dataPlace, openData } from '../open-data.ts';
import { type OutputForm, outputOption, write } from '../output.ts';
import { type Column, renderTable } from '../table.ts';

export function addJobCommand(program: Command): void {
  const job = program.command('job').description('runs, what they read and what they cost');
  const list = job.command('list').description('newest first').addOption(outputOption());
  list.action((flags: { output: OutputForm }) => listJobs(flags.output, list));
  const show = job
    .command('show')
    .description('one run: its tasks, errors and calls')
    .argument('<id>', 'its number', parseId)
    .option('--json', 'all of it');
  show.action((id: number, flags: { json?: boolean }) => showJob(id, flags, show));
}

const columns: Column<Job>[] = [
  { title: '#', value: ({ id }) => String(id), alignRight: true },
  { title: 'STATE', value: ({ state }) => state.toLowerCase() },
  { title: 'SERVERS', value: ({ counts }) => formatCount(counts.servers), alignRight: true },
  { title: 'FAILED', value: ({ counts }) => formatCount(counts.failed), alignRight: true },
  {
    title: 'CALLS',
    value: ({ spent, planned }) => `${formatCount(spent.calls)}/${formatCount(planned.calls)}`,
    alignRight: true,
  },
  {
    title: 'COST',
    value: ({ spent, planned }) => `${formatUsd(spent.usd)}/${formatUsd(planned.usd)}`,
    alignRight: true,
  },
  { title: 'STARTED', value: ({ startedAt }) => new Date(startedAt).toISOString() },
];

async function listJobs(form: OutputForm, command: Command): Promise<void> {
  await using data = await openData(dataPlace(command));
  await data.store.jobs.adoptInterrupted(Date.now());
  await write({ form, rows: await data.store.jobs.list({ limit: 50 }), columns });
}

const taskColumns: Column<Task>[] = [
  { title: 'ACCOUNT', value: ({ account }) => account },
  { title: 'REGION', value: ({ region }) => region },
  { title: 'STATE', value: ({ state }) => state.toLowerCase() },
  {
    title: 'SERVERS',
    value: ({ doneServers, plannedServers }) => `${formatCount(doneServers)}/${formatCount(plannedServers)}`,
    alignRight: true,
  },
  { title: 'FAILED', value: ({ counts }) => formatCount(counts.failed), alignRight: true },
];

const ledgerColumns: Column<LedgerLine>[] = [
  { title: 'ACCOUNT', value: ({ account }) => account },
  { title: 'REGION', value: ({ region }) => region },
  { title: 'CALL', value: ({ api }) => api },
  { title: 'SENT', value: ({ calls }) => formatCount(calls), alignRight: true },
  { title: 'RETRIED', value: ({ retried }) => formatCount(retried), alignRight: true },
  { title: 'THROTTLED', value: ({ throttled }) => formatCount(throttled), alignRight: true },
  { title: 'FAILED', value: ({ failed }) => formatCount(failed), alignRight: true },
  { title: 'USD', value: ({ usd }) => formatUsd(usd), alignRight: true },
];

async function showJob(id: number, { json }: { json?: boolean }, command: Command): Promise<void> {
  await using data = await openData(dataPlace(command));
  const { jobs } = data.store;
  await jobs.adoptInterrupted(Date.now());
  const { job, tasks } = await jobs.get(id);
  const ledger = await jobs.ledger(id);
  if (json) {
    process.stdout.write(`${JSON.stringify({ job, tasks, ledger }, null, 2)}\n`);
    return;
  }
  const { created, updated, unchanged, failed } = job.counts;
  const retried = ledger.reduce((calls, line) => calls + line.retried, 0);
  const spending = { planned: job.planned, spent: job.spent, retried };
  const sections = [
    renderTable(columns, [job]),
    `${created} created, ${updated} updated, ${unchanged} unchanged, ${failed} failed`,
    [describeSpent(spending), ...describeExcess(spending)].join('\n'),
    renderTable(taskColumns, tasks),
    ...tasks.flatMap(describeTrouble),
    renderTable(ledgerColumns, ledger),
  ];
  process.stdout.write(`${sections.join('\n\n')}\n`);
}

function describeTrouble({ account, region, error, failures }: Task): string[] {
  const reports = [
    ...(error === null ? [] : [{ ...error, count: undefined }]),
    ...failures.map((failure) => ({ ...failure.error, count: failure.count })),
  ];
  return reports.map(
    ({ message, fix, count }) =>
      `${pc.red('✕')} ${account} ${region}${count === undefined ? '' : ` (${count})`}  ${message}${fix === undefined ? '' : `\n  fix  ${fix}`}`,
  );
}

function parseId(text: string): number {
  const id = Number(text);
  if (!Number.isInteger(id) || id < 1) throw new InvalidArgumentError('It has to be the number of a job.');
  return id;
}
