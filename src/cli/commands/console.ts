import { spawn } from 'node:child_process';
import type { Command } from 'commander';
import { z } from 'zod';
import { systemClock } from '#collect/clock.ts';
import { CollectError } from '#model/errors.ts';
import { type RunningServer, runningServer } from '#store/lock.ts';
import { demoFolder } from '../console-place.ts';
import { exitCodes } from '../exit-codes.ts';
import { formatCount } from '../format.ts';
import { dataPlace } from '../open-data.ts';
import { addDocumentOptions, type DocumentFlags, writeDocument } from '../output.ts';
import { askedFleet } from '../remote/asked-fleet.ts';
import { note, verbosity } from '../say.ts';

/** A server that ends finishes what is in flight; longer than that it does not take, in milliseconds. */
const endsWithinMs = 60_000;
const lookMs = 100;
const answerMs = 5_000;

const Answer = z.object({ data: z.object({ version: z.string(), demo: z.boolean(), servers: z.int() }) });

export function addDownCommand(program: Command): void {
  const command = program.command('down');
  command.action(() => stop(command));
}

export function addStatusCommand(program: Command): void {
  const command = program.command('status');
  addDocumentOptions(command).action((flags: DocumentFlags) => tell(flags, command));
}

export function addOpenCommand(program: Command): void {
  const command = program.command('open').option('--no-browser', 'print its address alone');
  command.action(({ browser }: { browser: boolean }) => look(browser, command));
}

interface Console extends RunningServer {
  readonly folder: string;
}

/** The server of this data folder; where there is none, that of its demo. */
async function running(command: Command): Promise<Console | undefined> {
  const { folder } = dataPlace(command);
  for (const each of [folder, demoFolder(folder)]) {
    // What is not there is not made by looking.
    const server = await runningServer(each).catch(() => undefined);
    if (server !== undefined) return { ...server, folder: each };
  }
  return undefined;
}

/** Says so, with the exit code that stands for it. */
function none(): void {
  note('No console runs here.   fleetgauge up --detach');
  process.exitCode = exitCodes.unreachable;
}

async function tell(flags: DocumentFlags, command: Command): Promise<void> {
  const remote = await askedFleet(command);
  if (remote !== undefined) {
    const { url } = remote;
    const { running: job, last_job, ...status } = await remote.status();
    return writeDocument(flags, {
      data: { url, answers: true, ...status, running: job, last_job },
      text: () => describeAnswer(url, status),
      demo: status.demo,
    });
  }
  const server = await running(command);
  if (server === undefined) return none();
  const { url, pid, since, folder } = server;
  const answer = await ask(url);
  if (answer === undefined) process.exitCode = exitCodes.unreachable;
  await writeDocument(flags, {
    data: {
      url,
      pid,
      since: new Date(since).toISOString(),
      folder,
      answers: answer !== undefined,
      ...(answer === 'sign_in' ? { asks_for_sign_in: true } : answer),
    },
    text: () => {
      if (answer === undefined) return `${url} does not answer, pid ${pid}`;
      if (answer === 'sign_in') return `Console  ${url}   pid ${pid} · asks for a sign-in, and tells no more`;
      return describeAnswer(`${url}   pid ${pid}`, answer);
    },
  });
}

function describeAnswer(where: string, { version, demo, servers }: z.infer<typeof Answer>['data']): string {
  return `Console  ${where} · version ${version} · ${demo ? 'demo · ' : ''}${formatCount(servers)} servers`;
}

/** Undefined where it does not answer; where it wants a sign-in it tells no more than that. */
async function ask(url: string): Promise<z.infer<typeof Answer>['data'] | 'sign_in' | undefined> {
  try {
    const reply = await fetch(new URL('/api/status', url), { signal: AbortSignal.timeout(answerMs) });
    if (!reply.ok && verbosity() > 0) note(`HTTP ${reply.status}, request ${reply.headers.get('x-request-id') ?? '–'}`);
    if (reply.status === 401) return 'sign_in';
    return Answer.parse(await reply.json()).data;
  } catch {
    return undefined;
  }
}

async function look(browser: boolean, command: Command): Promise<void> {
  const server = await running(command);
  if (server === undefined) return none();
  process.stdout.write(`${server.url}\n`);
  if (!browser) return;
  const [program = 'xdg-open', ...args] = { darwin: ['open'], win32: ['cmd', '/c', 'start', ''] }[
    process.platform as string
  ] ?? ['xdg-open'];
  const child = spawn(program, [...args, server.url], { stdio: 'ignore', detached: true });
  child.once('error', () => note('There is no browser that could be opened here.'));
  child.unref();
}

/** Waits until it has gone: then the data folder is free. @throws CollectError `timeout` */
async function stop(command: Command): Promise<void> {
  const server = await running(command);
  if (server === undefined) return none();
  process.kill(server.pid, 'SIGTERM');
  const until = Date.now() + endsWithinMs;
  while ((await runningServer(server.folder)) !== undefined) {
    if (Date.now() > until)
      throw new CollectError('timeout', `the server (pid ${server.pid}) has not ended within ${endsWithinMs / 1000} s`);
    await systemClock.sleep(lookMs, new AbortController().signal);
  }
  note(`Stopped ${server.url}.`);
}
