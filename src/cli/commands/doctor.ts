import { resolve } from 'node:path';
import type { Command } from 'commander';
import pc from 'picocolors';
import { CollectError } from '#model/errors.ts';
import { type Bundle, collectBundle } from '#platform/diagnostics/bundle.ts';
import { type Check, mended } from '../doctor/check.ts';
import { checkAccount, checkClock } from '../doctor/cloud-checks.ts';
import { checkConfiguration } from '../doctor/configuration-check.ts';
import { checkFiles, checkNode, checkPort, checkServer, checkStore } from '../doctor/local-checks.ts';
import { writeBundle } from '../doctor/write-bundle.ts';
import { exitCodes } from '../exit-codes.ts';
import { plural } from '../format.ts';
import { onInterrupt } from '../interrupt.ts';
import { type Data, dataPlace, openData } from '../open-data.ts';
import { addDocumentOptions, type DocumentFlags, writeDocument } from '../output.ts';
import { canAsk, note } from '../say.ts';
import { version } from '../version.ts';

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
  const server = await checkServer(place);
  const found: Check[] = await checkConfiguration(configOf(command), process.cwd());
  for (const check of [checkNode(), ...(await checkFiles(place)), server.check])
    found.push(flags.fix ? await mended(check) : check);
  const { holds, checks: ofStore } = await checkStore(place);
  found.push(await checkPort(server.url), ...ofStore);
  const canOpen = holds === 'data' && !found.some(({ name, state }) => name === 'key' && state === 'problem');
  await using data = canOpen ? await openData(place) : undefined;
  if (flags.network && holds === 'nothing') found.push(noAccount);
  if (flags.network && data !== undefined) found.push(...(await checkClouds(data)));
  const counts = { problems: countOf(found, 'problem'), warnings: countOf(found, 'warning') };
  const checks = found.map(({ name, state, message, fix }) => ({ name, state, message, ...(fix && { fix }) }));
  await writeDocument(flags, { data: { ...counts, checks }, text: () => describe(found, counts) });
  if (flags.bundle !== undefined)
    await bundleTo(resolve(flags.bundle), await collectBundle(data, { version, folder: place.folder, checks }));
  if (counts.problems > 0) process.exitCode = exitCodes.failed;
}

function configOf(command: Command): string | undefined {
  return command.optsWithGlobals<{ config?: string }>().config ?? (process.env.FLEETGAUGE_CONFIG || undefined);
}

const noAccount: Check = {
  name: 'accounts',
  state: 'warning',
  message: 'none is saved',
  fix: 'fleetgauge account add aws',
};

async function checkClouds(data: Data): Promise<Check[]> {
  using interrupt = onInterrupt(note);
  const accounts = await data.store.accounts.list();
  if (accounts.length === 0) return [noAccount];
  return [
    await checkClock(data, accounts, interrupt.stopping),
    ...(await Promise.all(accounts.map((account) => checkAccount(data, account, interrupt.stopping)))),
  ];
}

async function bundleTo(file: string, bundle: Bundle): Promise<void> {
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
      return `  ${name.padEnd(12)} ${Array.isArray(part) ? `${plural(part.length, 'entry', 'entries')}, ` : ''}${size}`;
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
