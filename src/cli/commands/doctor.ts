import { resolve } from 'node:path';
import type { Command } from 'commander';
import pc from 'picocolors';
import { CollectError } from '#model/errors.ts';
import { type Bundle, collectBundle, writeBundle } from '../doctor/bundle.ts';
import { type Check, mended } from '../doctor/check.ts';
import { checkAccount, checkClock } from '../doctor/cloud-checks.ts';
import { checkFiles, checkNode, checkPort, checkServer, checkStore } from '../doctor/local-checks.ts';
import { exitCodes } from '../exit-codes.ts';
import { plural } from '../format.ts';
import { onInterrupt } from '../interrupt.ts';
import { type DataPlace, dataPlace, openData } from '../open-data.ts';
import { addDocumentOptions, type DocumentFlags, writeDocument } from '../output.ts';
import { canAsk, note } from '../say.ts';

interface DoctorFlags extends DocumentFlags {
  readonly fix?: boolean;
  readonly bundle?: string;
  readonly network: boolean;
}

export function addDoctorCommand(program: Command): void {
  const command = program
    .command('doctor')
    .option('--fix', 'mend what can be mended safely: rights of files, what a killed server left behind')
    .option(
      '--bundle <file>',
      'write what somebody who helps has to know, without any secret; what is in it is listed first',
    )
    .option('--no-network', 'leave out the clouds');
  addDocumentOptions(command).action((flags: DoctorFlags) => examine(flags, command));
}

async function examine(flags: DoctorFlags, command: Command): Promise<void> {
  const place = dataPlace(command);
  const found: Check[] = [];
  for (const check of [checkNode(), ...(await checkFiles(place)), await checkServer(place)]) {
    found.push(flags.fix ? await mended(check) : check);
  }
  found.push(await checkPort(await checkServer(place)), ...(await checkStore(place)));
  if (flags.network) found.push(...(await checkClouds(place, found)));
  const counts = { problems: countOf(found, 'problem'), warnings: countOf(found, 'warning') };
  const checks = found.map(({ name, state, message, fix }) => ({ name, state, message, ...(fix && { fix }) }));
  await writeDocument(flags, { data: { ...counts, checks }, text: () => describe(found, counts) });
  if (flags.bundle !== undefined) await bundleTo(resolve(flags.bundle), place, found);
  if (counts.problems > 0) process.exitCode = exitCodes.failed;
}

/** Nothing is opened where nothing is kept, or where it cannot be opened. */
async function checkClouds(place: DataPlace, local: readonly Check[]): Promise<Check[]> {
  const isEmpty = local.some(({ name, message }) => name === 'store' && message === 'empty');
  if (isEmpty)
    return [{ name: 'accounts', state: 'warning', message: 'none is saved', fix: 'fleetgauge account add aws' }];
  if (local.some(({ name, state }) => (name === 'store' || name === 'key') && state === 'problem')) return [];
  await using data = await openData(place);
  using interrupt = onInterrupt(note);
  const accounts = await data.store.accounts.list();
  if (accounts.length === 0)
    return [{ name: 'accounts', state: 'warning', message: 'none is saved', fix: 'fleetgauge account add aws' }];
  return [
    await checkClock(data, accounts, interrupt.stopping),
    ...(await Promise.all(accounts.map((account) => checkAccount(data, account, interrupt.stopping)))),
  ];
}

async function bundleTo(file: string, place: DataPlace, checks: readonly Check[]): Promise<void> {
  await using data = await openData(place);
  const bundle = await collectBundle(data, place, checks);
  note(`${file} will hold\n${describeBundle(bundle)}`);
  if (canAsk()) {
    const { confirm, isCancel } = await import('@clack/prompts');
    const answer = await confirm({ message: 'Write it?', output: process.stderr });
    if (isCancel(answer) || !answer) throw new CollectError('cancelled', 'no bundle was written');
  }
  await writeBundle(file, bundle);
  note(`Wrote ${file}. Read it before you send it.`);
}

function describeBundle(bundle: Bundle): string {
  return Object.entries(bundle)
    .map(([name, part]) => {
      const size = `${Buffer.byteLength(JSON.stringify(part))} bytes`;
      return `  ${name.padEnd(12)} ${Array.isArray(part) ? `${plural(part.length, 'entry').replace('entrys', 'entries')}, ` : ''}${size}`;
    })
    .join('\n');
}

const marks = {
  ok: pc.green('✓'),
  fixed: pc.green('✓'),
  warning: pc.yellow('!'),
  problem: pc.red('✕'),
  unknown: '?',
};

function describe(checks: readonly Check[], { problems, warnings }: { problems: number; warnings: number }): string {
  const lines = checks.flatMap(({ name, state, message, fix }) => [
    `${marks[state]} ${name}  ${message}`,
    ...(fix === undefined ? [] : [`    fix  ${fix}`]),
  ]);
  return [...lines, `${plural(problems, 'problem')}, ${plural(warnings, 'warning')}`].join('\n');
}

function countOf(checks: readonly Check[], state: Check['state']): number {
  return checks.filter((check) => check.state === state).length;
}
