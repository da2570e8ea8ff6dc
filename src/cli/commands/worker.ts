import type { Command } from 'commander';
import { systemClock } from '#collect/clock.ts';
import { runWorker } from '#jobs/worker.ts';
import { CollectError } from '#model/errors.ts';
import { onInterrupt } from '../interrupt.ts';
import { dataPlace, openData } from '../open-data.ts';
import { tasksOption } from '../tasks-option.ts';
import { openWork } from '../work-context.ts';

export function addWorkerCommand(program: Command): void {
  const command = program
    .command('worker')
    .description('run tasks of runs, beside any number of other workers on the same PostgreSQL')
    .addOption(tasksOption());
  command.action((flags: { tasks: number }) => work(flags.tasks, command));
}

async function work(atOnce: number, command: Command): Promise<void> {
  await using data = await openData(dataPlace(command));
  if (data.store.cluster === undefined) {
    throw new CollectError('invalid_input', 'workers need a database that they can share', {
      fix: 'fleetgauge worker --database postgres://…; on the embedded store, fleetgauge serve runs the tasks itself',
    });
  }
  using interrupt = onInterrupt((text) => process.stderr.write(`${text}\n`));
  await using context = await openWork(data, interrupt.stopping, true);
  process.stderr.write(`Worker ${context.name} is ready, ${atOnce} tasks at once. Ctrl-C stops\n`);
  await runWorker({ ...context, ...interrupt, clock: systemClock, atOnce });
}
