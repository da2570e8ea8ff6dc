import type { Command } from 'commander';
import pc from 'picocolors';
import { systemClock } from '#collect/clock.ts';
import { recordCalls } from '#jobs/call-recorder.ts';
import { pacesOf } from '#jobs/paces.ts';
import { CollectError } from '#model/errors.ts';
import { readOutsideSources } from '#platform/health/outside-sources.ts';
import { placeOf, readSources } from '#platform/health/sources.ts';
import { loadProvider } from '#providers/registry.ts';
import type { SourceTest } from '../../server/source-api.ts';
import { outsideRow, sourceRow } from '../../server/source-reply.ts';
import { testSource } from '../../server/test-source.ts';
import { onInterrupt } from '../interrupt.ts';
import { dataPlace, openData } from '../open-data.ts';
import { type ListFlags, listsRows, print, write } from '../output.ts';
import { askedFleet } from '../remote/asked-fleet.ts';
import { note } from '../say.ts';
import { describeTest, type ListedSource, sourceColumns } from '../source-text.ts';

export function addSourceCommand(program: Command): void {
  const source = program.command('source');
  listsRows(source.command('list').description('the last 24 hours, trouble first'), listAll);
  const test = source
    .command('test')
    .description('make each kind of call that reading servers takes, and none that bills')
    .argument('<id>', 'as list has it: azure, or azure:koreacentral for one region');
  test.action((id: string) => testOne(id, test));
}

async function listAll(flags: ListFlags, command: Command): Promise<void> {
  const remote = await askedFleet(command);
  if (remote !== undefined) return write({ flags, columns: sourceColumns, ...(await remote.sources()) });
  await using data = await openData(dataPlace(command));
  const now = Date.now();
  const sources = await readSources(data.store, loadProvider, now);
  const rows: ListedSource[] = [
    ...sources.map((source) => sourceRow(source, now)),
    ...(await readOutsideSources(data.store)).map(outsideRow),
  ];
  await write<ListedSource>({ flags, store: data.store, rows, columns: sourceColumns });
}

async function testOne(id: string, command: Command): Promise<void> {
  const remote = await askedFleet(command);
  if (remote !== undefined) return tell(id, await remote.testSource(id));
  await using data = await openData(dataPlace(command));
  using interrupt = onInterrupt(note);
  await using calls = recordCalls(data.store.callQuarters);
  const vault = { ...data, loadProvider, now: Date.now };
  const about = { signal: interrupt.stopping, clock: systemClock };
  const result = await testSource(placeOf(id), { vault, calls, paceOf: pacesOf(data.store) }, about);
  await tell(id, result);
}

/** @throws CollectError where a call was refused */
async function tell(id: string, result: SourceTest): Promise<void> {
  await print(describeTest(result, pc));
  if (result.is_ok) return;
  const failed = result.accounts.flatMap(
    ({ report }) => report.error ?? report.checks.flatMap(({ error }) => error ?? []),
  );
  const [first] = failed;
  throw new CollectError(first?.code ?? 'unavailable', `${id} does not answer as it should`, {
    fix: first?.fix ?? 'fleetgauge errors',
  });
}
