import { hostname, userInfo } from 'node:os';
import type { Command } from 'commander';
import { type AuditAction, recordAudit } from '#platform/audit/audit.ts';
import { dataPlace, openData } from './open-data.ts';

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
  'account rm': 'account.remove',
  'schedule add': 'schedule.add',
  'schedule rm': 'schedule.remove',
  'limit set': 'limit.set',
  'limit rm': 'limit.remove',
  'job start': 'job.start',
  'job cancel': 'job.cancel',
  'job retry': 'job.retry',
  collect: 'job.start',
  'secret rotate': 'secret.rotate',
  'secret rotate-signing': 'secret.rotate',
  'secret forget': 'secret.forget',
};

/** Writes down what commands did, with the name that the operating system has for who did it. */
export function auditCommands(program: Command): void {
  program.hook('postAction', async (_program, command) => {
    const action = actionOf(wordsOf(command));
    if (action === undefined || command.opts().dryRun === true) return;
    await using data = await openData(dataPlace(command));
    const [target] = command.args;
    const who = { actor: userInfo().username, from: `terminal of ${hostname()}` };
    const what = { action, outcome: 'ok' as const, ...(target === undefined ? {} : { target }) };
    await recordAudit(data.store, { ...who, ...what }, Date.now());
  });
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
