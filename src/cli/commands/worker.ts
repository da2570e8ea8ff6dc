import type { Command } from 'commander';
import { systemClock } from '#collect/clock.ts';
import { runWorker } from '#jobs/worker.ts';
import { CollectError } from '#model/errors.ts';
import type { WorkerPort, WorkerPortOptions } from '#server/worker-port.ts';
import { onInterrupt } from '../interrupt.ts';
import { dataPlace, openData } from '../open-data.ts';
import { parsePort } from '../parse-port.ts';
import { note } from '../say.ts';
import { tasksOption } from '../tasks-option.ts';
import { openWork } from '../work-context.ts';

interface WorkerFlags {
  readonly tasks: number;
  readonly port?: number;
  readonly host: string;
}

export function addWorkerCommand(program: Command): void {
  const command = program
    .command('worker')
    .addOption(tasksOption())
    .option('--port <n>', 'answer /healthz, /readyz and /metrics there; 0 for any that is free', parsePort)
    .option('--host <address>', 'to answer on; whoever reaches it may ask', '127.0.0.1');
  command.action((flags: WorkerFlags) => work(flags, command));
}

async function work({ tasks: atOnce, port, host }: WorkerFlags, command: Command): Promise<void> {
  await using data = await openData(dataPlace(command));
  if (data.store.cluster === undefined) {
    throw new CollectError('invalid_input', 'workers need a database that they can share', {
      fix: 'fleetgauge worker --database postgres://…; on the embedded store, fleetgauge serve runs the tasks itself',
    });
  }
  using interrupt = onInterrupt(note);
  await using context = await openWork(data, interrupt.stopping, true);
  await using watched =
    port === undefined ? undefined : await openPort({ ...context, ...interrupt, ...data, host, port });
  if (watched !== undefined) note(`Metrics  ${watched.url}/metrics`);
  note(`Worker ${context.name} is ready, ${atOnce} tasks at once. Ctrl-C stops`);
  await runWorker({ ...context, ...interrupt, clock: systemClock, atOnce });
}

/** Read only where it is wanted. */
async function openPort(options: WorkerPortOptions): Promise<WorkerPort> {
  const { openWorkerPort } = await import('#server/worker-port.ts');
  return openWorkerPort(options);
}
