import type { Command } from 'commander';
import pc from 'picocolors';
import type { LedgerLine } from '#store/jobs.ts';
import { describeCounts } from '../describe-counts.ts';
import { describeExcess, describeSpent } from '../describe-spent.ts';
import { formatCount, formatSeconds, formatUsd } from '../format.ts';
import { newestRows } from '../newest-rows.ts';
import { dataPlace, openData } from '../open-data.ts';
import { addDocumentOptions, type DocumentFlags, type ListFlags, listsRows, write, writeDocument } from '../output.ts';
import { parseId } from '../parse-id.ts';
import { askedFleet } from '../remote/asked-fleet.ts';
import { type SeenJob, type SeenTask, seenJob } from '../remote/rows.ts';
import { type Column, renderTable } from '../table.ts';
import { addJobControlCommands } from './job-control.ts';
import { addWatchJobCommand } from './job-watch.ts';

const usualLimit = 50;

export function addJobCommand(program: Command): void {
  const job = program.command('job');
  listsRows(job.command('list').description('newest first'), listJobs);
  const show = job
    .command('show')
    .description('one run: its tasks, errors and calls')
    .argument('<id>', 'its number', parseId);
  addDocumentOptions(show).action((id: number, flags: DocumentFlags) => showJob(id, flags, show));
  addWatchJobCommand(job);
  addJobControlCommands(job);
}

const columns: Column<SeenJob>[] = [
  { title: '#', value: ({ id }) => String(id), raw: ({ id }) => id, alignRight: true },
  { title: 'STATE', value: ({ state }) => state.toLowerCase() },
  {
    title: 'SERVERS',
    value: ({ counts }) => formatCount(counts.servers),
    raw: ({ counts }) => counts.servers,
    alignRight: true,
  },
  {
    title: 'FAILED',
    value: ({ counts }) => formatCount(counts.failed),
    raw: ({ counts }) => counts.failed,
    alignRight: true,
  },
  {
    title: 'CALLS',
    value: ({ spent, planned }) => `${formatCount(spent.calls)}/${formatCount(planned.calls)}`,
    raw: ({ spent }) => spent.calls,
    alignRight: true,
  },
  {
    title: 'COST',
    value: ({ spent, planned }) => `${formatUsd(spent.usd)}/${formatUsd(planned.usd)}`,
    raw: ({ spent }) => spent.usd,
    alignRight: true,
  },
  {
    title: 'TOOK',
    value: ({ ranMs }) => formatSeconds(ranMs / 1000),
    raw: ({ ranMs }) => ranMs / 1000,
    alignRight: true,
  },
  { title: 'STARTED', value: ({ startedAt }) => new Date(startedAt).toISOString() },
];

async function listJobs(given: ListFlags, command: Command): Promise<void> {
  const flags = { ...given, limit: given.limit ?? usualLimit };
  const remote = await askedFleet(command);
  if (remote !== undefined) return write({ flags, columns, ...(await remote.jobs(given)) });
  await using data = await openData(dataPlace(command));
  await data.store.jobs.adoptInterrupted(Date.now());
  const { rows, warnings } = await newestRows(given, async (page) => (await data.store.jobs.list(page)).map(seenJob));
  await write({ flags, rows, columns, store: data.store, meta: { warnings } });
}

const taskColumns: Column<SeenTask>[] = [
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

async function showJob(id: number, flags: DocumentFlags, command: Command): Promise<void> {
  const remote = await askedFleet(command);
  if (remote !== undefined) {
    const { data, demo } = await remote.job(id);
    return writeDocument(flags, { data, demo, text: () => describeJob(data.job, data.tasks, data.ledger) });
  }
  await using data = await openData(dataPlace(command));
  const { jobs } = data.store;
  await jobs.adoptInterrupted(Date.now());
  const { job: stored, tasks } = await jobs.get(id);
  const job = seenJob(stored);
  const ledger = await jobs.ledger(id);
  await writeDocument(flags, {
    data: { job, tasks, ledger },
    text: () => describeJob(job, tasks, ledger),
    store: data.store,
  });
}

function describeJob(job: SeenJob, tasks: readonly SeenTask[], ledger: readonly LedgerLine[]): string {
  const retried = ledger.reduce((calls, line) => calls + line.retried, 0);
  const spending = { planned: job.planned, spent: job.spent, retried };
  return [
    renderTable(columns, [job]),
    describeCounts(job.counts),
    [describeSpent(spending), ...describeExcess(spending)].join('\n'),
    renderTable(taskColumns, tasks),
    ...tasks.flatMap(describeTrouble),
    renderTable(ledgerColumns, ledger),
  ].join('\n\n');
}

function describeTrouble({ account, region, error, failures }: SeenTask): string[] {
  const reports = [
    ...(error === null ? [] : [{ ...error, count: undefined }]),
    ...failures.map((failure) => ({ ...failure.error, count: failure.count })),
  ];
  return reports.map(
    ({ message, fix, count }) =>
      `${pc.red('✕')} ${account} ${region}${count === undefined ? '' : ` (${count})`}  ${message}${fix === undefined ? '' : `\n  fix  ${fix}`}`,
  );
}
