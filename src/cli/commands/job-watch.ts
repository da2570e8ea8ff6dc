import type { Command } from 'commander';
import { systemClock } from '#collect/clock.ts';
import { CollectError } from '#model/errors.ts';
import { secondsLeft } from '#model/time-left.ts';
import { isOpen } from '#store/jobs.ts';
import { exitCodeOfJob } from '../exit-code-of-job.ts';
import { following } from '../following.ts';
import { aboutSeconds, formatCount, formatUsd, plural } from '../format.ts';
import { onInterrupt } from '../interrupt.ts';
import { dataPlace, openData } from '../open-data.ts';
import { print } from '../output.ts';
import { parseId } from '../parse-id.ts';
import { askedFleet } from '../remote/asked-fleet.ts';
import { patiently } from '../remote/patience.ts';
import { type SeenJob, type SeenTask, seenJob } from '../remote/rows.ts';

interface WatchFlags {
  readonly exitStatus?: boolean;
  readonly compact?: boolean;
}

const lookMs = 500;

/** Adds to `fleetgauge job` what follows a run to its end. */
export function addWatchJobCommand(job: Command): void {
  const command = job
    .command('watch')
    .description('follow a run to its end; --timeout says how long at most')
    .argument('[id]', 'its number; the newest where absent', parseId)
    .option('--exit-status', 'end as the run did: with 3 where it was partial, with 1 where it failed')
    .option('--compact', 'one line each time that something has changed, without the tasks');
  command.action((id: number | undefined, flags: WatchFlags) => watchJob(id, flags, command));
}

/** What is known of a run by now. */
interface Seen {
  readonly job: SeenJob;
  readonly tasks: readonly SeenTask[];
}

async function watchJob(given: number | undefined, flags: WatchFlags, command: Command): Promise<void> {
  using interrupt = onInterrupt(() => {});
  const { stopping } = interrupt;
  const remote = await askedFleet(command, stopping);
  if (remote !== undefined) {
    const id = idOf(given ?? (await remote.newestJob()));
    const read = async () => (await remote.job(id)).data;
    const first = await read();
    await follow(id, flags, stopping, first, () => patiently(read, stopping));
    return;
  }
  await using data = await openData(dataPlace(command));
  const { jobs } = data.store;
  const [newest] = given === undefined ? await jobs.list({ limit: 1 }) : [];
  const id = idOf(given ?? newest?.id);
  const read = async () => {
    await jobs.adoptInterrupted(Date.now());
    const { job, tasks } = await jobs.get(id);
    return { job: seenJob(job), tasks };
  };
  await follow(id, flags, stopping, await read(), read);
}

/** @throws CollectError `not_found` */
function idOf(id: number | undefined): number {
  if (id !== undefined) return id;
  throw new CollectError('not_found', 'there is no run yet', { fix: 'start one: fleetgauge collect' });
}

/** Tells of a run until it has ended. Ctrl-C ends the watching, not the run. */
async function follow(
  id: number,
  { exitStatus, compact }: WatchFlags,
  stopping: AbortSignal,
  first: Seen,
  read: () => Promise<Seen>,
): Promise<void> {
  const told = new Map<string, string>();
  const tell = async (key: string, text: string): Promise<void> => {
    if (told.get(key) === text) return;
    told.set(key, text);
    await print(text);
  };
  await following(id, stopping, async () => {
    for (let seen = first; ; seen = await read()) {
      const { job, tasks } = seen;
      if (!compact)
        for (const task of tasks.filter((each) => !isOpen(each))) await tell(`task ${task.id}`, describeTask(task));
      await tell('job', describeJob(job, tasks));
      if (job.state !== 'RUNNING') {
        if (exitStatus) process.exitCode = exitCodeOfJob(job);
        return;
      }
      await systemClock.sleep(lookMs, stopping);
    }
  });
}

function describeJob(job: SeenJob, tasks: readonly SeenTask[]): string {
  const { id, state, counts, spent, planned, ranMs } = job;
  const pace = { seconds: ranMs / 1000, calls: spent.calls, plannedCalls: planned.calls };
  const seconds = state === 'RUNNING' ? secondsLeft(pace) : undefined;
  const left = seconds === undefined ? '' : ` · ${aboutSeconds(seconds)} left`;
  const done = tasks.filter((task) => !isOpen(task)).length;
  return `Job ${id}: ${state.toLowerCase()} · ${formatCount(done)} of ${plural(tasks.length, 'task')} · ${plural(counts.servers, 'server')}, ${formatCount(counts.failed)} failed · ${formatCount(spent.calls)}/${plural(planned.calls, 'call')} · ${formatUsd(spent.usd)}${left}`;
}

function describeTask({ account, region, state, doneServers, plannedServers, error, failures }: SeenTask): string {
  const why = error?.message ?? failures[0]?.error.message;
  return `  ${state.toLowerCase()}  ${account} ${region}  ${formatCount(doneServers)}/${formatCount(plannedServers)}${why === undefined ? '' : `  ${why}`}`;
}
