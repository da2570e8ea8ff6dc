import type { Command } from 'commander';
import { z } from 'zod';
import { RunOptions } from '#jobs/options.ts';
import type { Target } from '#jobs/targets.ts';
import { CollectError } from '#model/errors.ts';
import { lastDays } from '#model/window.ts';
import { openSecret } from '#platform/secret/accounts.ts';
import { loadProvider } from '#providers/registry.ts';
import type { Account } from '#store/accounts.ts';
import { heartbeatLimitMs } from '#store/jobs.ts';
import { collectInto } from '../collect-flow.ts';
import { agreeTo } from '../consent.ts';
import { exitCodeOfRun } from '../describe-run.ts';
import { onInterrupt } from '../interrupt.ts';
import { type Data, dataPlace, openData } from '../open-data.ts';
import { collectEach } from '../parse-list.ts';
import { addProviderCommands, type GivenAccess } from '../provider-commands.ts';
import { askedFleet } from '../remote/asked-fleet.ts';
import type { RemoteFleet } from '../remote/fleet.ts';
import { addFilter, addOverBudget, addRunFlags, type RunFlags, runOptionsFrom } from '../run-flags.ts';
import { saveAccount } from '../save-account.ts';
import { withUsual } from '../saved-run.ts';
import { note } from '../say.ts';

interface CollectFlags extends RunFlags {
  readonly account?: string[];
  readonly name?: string;
  readonly dryRun?: boolean;
  readonly resume?: boolean;
}

export function addCollectCommand(program: Command): void {
  const all = program.command('collect');
  addFilter(addCollectFlags(all))
    .option('--account <name>', 'a saved account; may be given again. All of them where absent', collectEach, [])
    .option('--resume', 'go on with the newest run that was cut short')
    .action((flags: CollectFlags) => collect(undefined, flags, all));
  addProviderCommands(all, (command, access) => {
    addCollectFlags(command.description('measure an account that is given by flags, and save it'))
      .option('--name <name>', 'how to save the account')
      .action((flags: CollectFlags) => collect(access, flags, command));
  });
}

function addCollectFlags(command: Command): Command {
  return addOverBudget(addRunFlags(command)).option('--dry-run', 'print the plan and its cost, then stop');
}

async function collect(access: GivenAccess | undefined, flags: CollectFlags, command: Command): Promise<void> {
  const remote = await askedFleet(command);
  if (remote !== undefined) return collectElsewhere(remote, flags);
  await using data = await openData(dataPlace(command));
  using interrupt = onInterrupt(note);
  const run = flags.resume ? await resumedRun(data) : await newRun(data, access, flags, interrupt.stopping);
  const outcome = await collectInto({
    store: data.store,
    demo: false,
    interrupt,
    overBudget: flags.overBudget,
    ...run,
    agree: async (plan) => {
      if (flags.dryRun) return false;
      await agreeTo(plan, flags);
      return true;
    },
  });
  if (outcome === undefined) return;
  if (outcome.job.state === 'CANCELED') note('Go on with  fleetgauge collect --resume');
  process.exitCode = exitCodeOfRun(outcome.results);
}

async function collectElsewhere(remote: RemoteFleet, flags: CollectFlags): Promise<void> {
  if (flags.resume) {
    throw new CollectError('invalid_input', 'a server goes on with its runs by itself, and has none to --resume', {
      fix: 'do again what failed of one: fleetgauge job retry <id>',
    });
  }
  const { followRemote, startRemote } = await import('../remote/run.ts');
  const job = await startRemote(remote, { ...flags, account: flags.account ?? [] });
  if (job !== undefined) await followRemote(remote, job);
}

async function newRun(data: Data, access: GivenAccess | undefined, flags: CollectFlags, signal: AbortSignal) {
  const accounts =
    access === undefined
      ? await namedAccounts(data, flags.account ?? [])
      : [await saveAccount(data, access, flags.name, signal)];
  const providers = await Promise.all([...new Set(accounts.map(({ provider }) => provider))].map(loadProvider));
  const options = runOptionsFrom(
    await withUsual(data.store, flags),
    providers,
    accounts.map(({ name }) => name),
  );
  return {
    options,
    window: lastDays(options.days, Date.now()),
    targets: await targetsOf(data, accounts, options.regions),
  };
}

const StoredPlan = z.object({ window: z.object({ from: z.int(), to: z.int() }) });

/** A run goes on over the same window, also on a later day: what it has stored would not count otherwise. */
async function resumedRun(data: Data) {
  await data.store.jobs.adoptInterrupted(Date.now());
  const resumable = await data.store.jobs.latestResumable({ demo: false });
  if (resumable === undefined) await refuseWhileAlive(data);
  if (resumable === undefined)
    throw new CollectError('not_found', 'no run was cut short', { fix: 'start one: fleetgauge collect' });
  const { job, tasks } = resumable;
  const options = RunOptions.parse(job.options);
  const { window } = StoredPlan.parse(job.plan);
  const left = tasks.filter(({ state }) => state === 'PENDING' || state === 'RUNNING' || state === 'CANCELED');
  const targets = await targetsOf(data, await namedAccounts(data, options.accounts), options.regions);
  return { options, window, targets, resumed: { job, tasks: left } };
}

/** A run that was killed is known to be dead once its process has not been heard of for a while. @throws CollectError `conflict` */
async function refuseWhileAlive({ store }: Data): Promise<void> {
  const [newest] = await store.jobs.list({ limit: 1 });
  if (newest?.state !== 'RUNNING') return;
  const waitSeconds = Math.ceil((newest.heartbeatAt + heartbeatLimitMs - Date.now()) / 1000);
  throw new CollectError(
    'conflict',
    `job ${newest.id} is running, or was killed only now (process ${newest.ownerPid})`,
    {
      fix: `if it was killed, try again in ${Math.max(1, waitSeconds)} s`,
    },
  );
}

async function namedAccounts({ store }: Data, names: readonly string[]): Promise<readonly Account[]> {
  if (names.length > 0) return Promise.all(names.map((name) => store.accounts.get(name)));
  const all = await store.accounts.list();
  if (all.length === 0) {
    throw new CollectError('not_found', 'no account is saved', {
      fix: 'give one by flags: fleetgauge collect aws --profile <name>, or save it: fleetgauge account add aws --profile <name>',
    });
  }
  return all;
}

function targetsOf({ store, key }: Data, accounts: readonly Account[], regions: readonly string[]): Promise<Target[]> {
  return Promise.all(
    accounts.map(async (account) => {
      const provider = await loadProvider(account.provider);
      const secret = provider.parseSecret(await openSecret(store, key, account));
      await store.accounts.touch(account.id, Date.now());
      return { name: account.name, provider, secret, regions: regions.length > 0 ? regions : account.regions };
    }),
  );
}
