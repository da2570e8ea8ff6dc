import { type Command, Option } from 'commander';
import { Ledger } from '#collect/ledger.ts';
import { both } from '#jobs/both.ts';
import { measuredRecord } from '#jobs/measured-record.ts';
import { planRun } from '#jobs/plan-run.ts';
import { isWorthRunning, type RunSink, runRegions } from '#jobs/run-regions.ts';
import { closeAll, connectAll } from '#jobs/targets.ts';
import type { InventoryRecord } from '#model/record.ts';
import type { Statistic } from '#model/statistic.ts';
import { loadProvider } from '#providers/registry.ts';
import { agreeTo } from '../consent.ts';
import { describePlan } from '../describe-plan.ts';
import { describeSummary, exitCodeOfRun } from '../describe-run.ts';
import { onInterrupt } from '../interrupt.ts';
import { addRowOptions, type RowFlags, write } from '../output.ts';
import { createProgress } from '../progress.ts';
import { addProviderCommands, type GivenAccess } from '../provider-commands.ts';
import { addRunFlags, type RunFlags, runOptionsFrom, wantedFrom } from '../run-flags.ts';
import { note } from '../say.ts';
import { csvColumns, serverColumns, wideColumns } from '../server-columns.ts';

interface ScanFlags extends RunFlags, RowFlags {
  readonly dryRun?: boolean;
}

export function addScanCommand(program: Command): void {
  const scanCommand = program.command('scan');
  addProviderCommands(scanCommand, (command, access) => {
    addRowOptions(addRunFlags(command))
      .description(`measure an account of ${access.providerId} and print it; nothing is stored`)
      .addOption(new Option('--dry-run', 'print the plan and its cost, then stop'))
      .action((flags: ScanFlags) => scan(access, flags));
  });
}

async function scan(access: GivenAccess, flags: ScanFlags): Promise<void> {
  const provider = await loadProvider(access.providerId);
  const options = runOptionsFrom(flags, [provider]);
  const secret = provider.parseSecret(await access.secret());
  const ledger = new Ledger(options.maxCost);
  using interrupt = onInterrupt(note);
  const target = { name: provider.id, provider, secret, regions: options.regions };
  const connected = await connectAll([target], { ledger, signal: interrupt.stopping });
  try {
    const plan = await planRun(connected, wantedFrom(options, Date.now()), async () => new Map(), interrupt.stopping);
    note(describePlan(plan));
    if (flags.dryRun) return;
    await agreeTo(plan, flags);
    const records: InventoryRecord[] = [];
    using progress = createProgress(plan, ledger);
    const results = await runRegions(plan, plan.regions.filter(isWorthRunning), {
      known: async () => new Map(),
      sink: both(keepIn(records, options.statistics), progress),
      concurrency: options.concurrency,
      stopping: interrupt.stopping,
      signal: interrupt.signal,
      now: Date.now,
    });
    progress[Symbol.dispose]();
    records.sort(
      (a, b) => (b.data.monitoring?.cpu?.utilization?.avg ?? -1) - (a.data.monitoring?.cpu?.utilization?.avg ?? -1),
    );
    await write({
      flags,
      rows: records,
      columns: serverColumns(options.statistics, options.metrics),
      wideColumns: wideColumns(options.statistics, options.metrics),
      csvColumns: csvColumns(options.metrics, options.statistics),
      meta: { spent: ledger.spent() },
    });
    note(describeSummary(results, plan, ledger));
    process.exitCode = exitCodeOfRun(results);
  } finally {
    closeAll(connected);
  }
}

/** Keeps what was read whole; a server that the run did not get to is left out, and the summary says so. */
function keepIn(records: InventoryRecord[], statistics: readonly Statistic[]): RunSink {
  return {
    started: async () => {},
    store: async ({ target }, batch) => {
      for (const { resource, folded } of batch)
        if (folded !== undefined) records.push(measuredRecord(resource, folded, target.provider, statistics));
    },
    ended: async () => {},
  };
}
