import { hostname, userInfo } from 'node:os';
import type { Command } from 'commander';
import { z } from 'zod';
import { CollectError } from '#model/errors.ts';
import { type AuditAction, outcomeOf, recordAudit } from '#platform/audit/audit.ts';
import { exitCodes } from './exit-codes.ts';
import { dataPlace, openData } from './open-data.ts';
import { chosenServer } from './remote/reach.ts';

/** Commands that are written down, by their words. */
const audited: Readonly<Record<string, AuditAction>> = {
  'user add': 'user.add',
  'user role': 'user.change',
  'user enable': 'user.change',
  'user disable': 'user.change',
  'user password': 'user.password',
  'user token': 'token.issue',
  'user api-key create': 'api_key.add',
  'user api-key revoke': 'api_key.remove',
  'account add': 'account.add',
  'account rotate': 'account.rotate',
  'account rm': 'account.remove',
  'schedule add': 'schedule.add',
  'schedule rm': 'schedule.remove',
  'limit set': 'limit.set',
  'limit rm': 'limit.remove',
  'budget set': 'budget.set',
  'job start': 'job.start',
  'job cancel': 'job.cancel',
  'job retry': 'job.retry',
  collect: 'job.start',
  'secret rotate': 'secret.rotate',
  'secret rotate-signing': 'secret.rotate',
  'secret forget': 'secret.forget',
  'collector add': 'collector.add',
  'collector rm': 'collector.remove',
  'collector run': 'job.start',
  'rightsizing accept': 'rightsizing.decide',
  'rightsizing snooze': 'rightsizing.decide',
  'rightsizing dismiss': 'rightsizing.decide',
  'rightsizing reopen': 'rightsizing.decide',
  'rightsizing policy': 'rightsizing.policy',
  backup: 'data.backup',
  restore: 'data.restore',
  export: 'data.export',
};

export interface CommandAudit {
  /** To be told of what broke the command off. */
  failed(caught: unknown): Promise<void>;
}

/** Writes down what commands did, or failed to do, with the name that the operating system has for who did it. */
export function auditCommands(program: Command): CommandAudit {
  let begun: Command | undefined;
  program.hook('preAction', (_program, command) => {
    begun = command;
  });
  program.hook('postAction', async (_program, command) => {
    const event = eventOf(command);
    if (event === undefined) return;
    const isDone = process.exitCode === undefined || isWell.includes(Number(process.exitCode));
    const detail = isDone ? {} : { exit_code: Number(process.exitCode) };
    await record(command, { ...event, outcome: isDone ? 'ok' : 'failed', detail });
  });
  return {
    async failed(caught) {
      const event = begun && eventOf(begun);
      // What cannot be restored leaves no store behind to write it down in.
      if (begun === undefined || event === undefined || event.action === 'data.restore') return;
      const error = CollectError.from(caught);
      const outcome = outcomeOf(error) ?? 'failed';
      // Where the store itself is at fault, that has been told.
      await record(begun, { ...event, outcome, detail: { code: error.code } }).catch(() => {});
    },
  };
}

/** A run that had part of what it wanted has run. */
const isWell: readonly number[] = [exitCodes.ok, exitCodes.partial];

type AuditEvent = Parameters<typeof recordAudit>[1];

async function record(command: Command, event: Omit<AuditEvent, 'actor' | 'from'>): Promise<void> {
  // A server writes down what is asked of it.
  if (chosenServer(command) !== undefined) return;
  await using data = await openData(dataPlace(command));
  const who = { actor: userInfo().username, from: `terminal of ${hostname()}` };
  await recordAudit(data.store, { ...who, ...event }, Date.now());
}

const Named = z.object({ name: z.string().optional().catch(undefined) });

/** What a command is to be known by; undefined where it changes nothing. Never what its options say but a name. */
function eventOf(command: Command): Pick<AuditEvent, 'action' | 'target'> | undefined {
  const action = actionOf(wordsOf(command));
  const flags = command.opts();
  if (action === undefined || flags.dryRun === true) return undefined;
  if (action === 'data.export' && flags.to === undefined) return undefined;
  if (action === 'rightsizing.policy' && !isPolicyChosen(command)) return undefined;
  // Several servers may be decided on at once; elsewhere, what comes after the first word may be anything.
  const target = action === 'rightsizing.decide' ? command.args.join(', ') : command.args[0];
  const named = target ?? Named.parse(flags).name;
  return { action, ...(named === undefined ? {} : { target: named }) };
}

/** Without a name or a part of one, the policy is only shown. */
function isPolicyChosen(command: Command): boolean {
  return command.args.length > 0 || Object.keys(command.opts()).some((flag) => flag !== 'json' && flag !== 'output');
}

/** `account add aws` is an `account add`. */
function actionOf(words: string): AuditAction | undefined {
  return Object.entries(audited).find(([name]) => words === name || words.startsWith(`${name} `))?.[1];
}

/** `user add` */
function wordsOf(command: Command): string {
  const words: string[] = [];
  for (let at = command; at.parent !== null; at = at.parent) words.unshift(at.name());
  return words.join(' ');
}
