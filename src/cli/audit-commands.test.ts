import { hostname, userInfo } from 'node:os';
import { Command } from 'commander';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { openStore } from '#store/open.ts';
import { server } from '#store/testing/servers.ts';
import { temporaryFolder } from '#store/testing/temporary-folder.ts';
import { auditCommands } from './audit-commands.ts';
import { captureOutput } from './captured-output.fixture.ts';
import { addLimitCommand } from './commands/limit.ts';
import { addCollectorCommand } from './commands/plugin-registry.ts';
import { addRightsizingCommand } from './commands/rightsizing.ts';
import { addScheduleCommand } from './commands/schedule.ts';
import { addUserCommand } from './commands/user.ts';

captureOutput();
let folder: string;
beforeEach(async () => {
  folder = await temporaryFolder();
  vi.stubEnv('FLEETGAUGE_PASSWORD', 'a password that nobody may see');
});
afterEach(() => {
  vi.unstubAllEnvs();
});

/** As the command line does it. */
async function run(...words: string[]): Promise<void> {
  const program = new Command().option('--data <folder>').option('--database <url>').exitOverride();
  const audit = auditCommands(program);
  for (const add of [addUserCommand, addLimitCommand, addScheduleCommand, addCollectorCommand, addRightsizingCommand]) {
    add(program);
  }
  await program.parseAsync(['--data', folder, ...words], { from: 'user' }).catch((caught) => audit.failed(caught));
}

/** Oldest first. */
async function log() {
  const store = await openStore({ folder });
  const entries = await store.audit.list({ limit: 50 });
  await store.close();
  return entries.toReversed();
}

it('writes down what changed something, and what tried to and failed', async () => {
  await run('user', 'add', 'ann@corp.example', '--role', 'admin');
  await run('user', 'add', 'ann@corp.example', '--role', 'admin');
  await run('user', 'role', 'nobody@corp.example', 'viewer');
  await run('limit', 'set', 'aws', '3');
  await run('limit', 'set', 'no-such-cloud', '3');
  await run('schedule', 'rm', 'nightly');
  const secret = 'postgres://u:hunter2@127.0.0.1:9';
  await run('collector', 'add', 'theirs', '--endpoint', 'grpc://127.0.0.1:9', '--npm', 'x', '--', 'cmd', secret);
  await run('rightsizing', 'policy', 'careful');
  await run('rightsizing', 'policy');
  await run('user', 'list');
  const entries = await log();
  expect(entries.map(({ action, target, outcome, detail }) => ({ action, target, outcome, ...detail }))).toEqual([
    { action: 'user.add', target: 'ann@corp.example', outcome: 'ok' },
    { action: 'user.add', target: 'ann@corp.example', outcome: 'refused', code: 'conflict' },
    { action: 'user.change', target: 'nobody@corp.example', outcome: 'failed', code: 'not_found' },
    { action: 'limit.set', target: 'aws', outcome: 'ok' },
    { action: 'limit.set', target: 'no-such-cloud', outcome: 'failed', code: 'invalid_input' },
    { action: 'schedule.remove', target: 'nightly', outcome: 'failed', code: 'not_found' },
    { action: 'collector.add', target: 'theirs', outcome: 'failed', code: 'invalid_input' },
    { action: 'rightsizing.policy', target: 'careful', outcome: 'ok' },
  ]);
  expect(entries[0]).toMatchObject({ actor: userInfo().username, from: `terminal of ${hostname()}` });
  const text = JSON.stringify(entries);
  for (const hidden of ['hunter2', 'a password that nobody may see']) expect(text).not.toContain(hidden);
});

it('names the servers that were decided on', async () => {
  const store = await openStore({ folder });
  await store.inventory.put([{ record: server('i-1', { name: 'web-1' }) }], 1);
  await store.close();
  await run('rightsizing', 'dismiss', 'web-1', '--reason', 'it is new');
  await run('rightsizing', 'reopen', 'web-1', 'web-2');
  const entries = await log();
  expect(entries.map(({ action, target }) => [action, target])).toEqual([
    ['rightsizing.decide', 'web-1'],
    ['rightsizing.decide', 'web-1, web-2'],
  ]);
});
