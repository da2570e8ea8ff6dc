import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import { runCli } from './run-cli.ts';

const Job = z.object({
  id: z.number(),
  state: z.string(),
  ownerPid: z.number(),
  heartbeatAt: z.number(),
  counts: z.object({ servers: z.number() }),
});
export type Job = z.infer<typeof Job>;
const Jobs = z.object({ data: z.array(Job) });

const Server = z.object({
  account: z.string(),
  region_code: z.string(),
  reference: z.object({ resource_id: z.string() }),
  data: z.looseObject({
    monitoring: z.unknown(),
    monitoring_info: z.looseObject({ collected_at: z.string() }).optional(),
  }),
});
export type Server = z.infer<typeof Server>;
const Servers = z.object({ data: z.array(Server) });

const Shown = z.object({
  job: Job,
  tasks: z.array(z.object({ region: z.string(), state: z.string(), doneServers: z.number() })),
});
export type Shown = z.infer<typeof Shown>;

export async function jobs(folder: string): Promise<Job[]> {
  return Jobs.parse(await json(folder, ['job', 'list', '-o', 'json'])).data;
}

export async function job(folder: string, id: number): Promise<Shown> {
  return z.object({ data: Shown }).parse(await json(folder, ['job', 'show', String(id), '-o', 'json'])).data;
}

export async function servers(folder: string): Promise<Server[]> {
  return Servers.parse(await json(folder, ['server', 'list', '-o', 'json', '--limit', '0'])).data;
}

async function json(folder: string, args: readonly string[]): Promise<unknown> {
  const { code, stdout, stderr } = await runCli(['--data', folder, ...args], { home: folder });
  if (code !== 0) throw new Error(`${args.join(' ')}: exit code ${code}\n${stderr}`);
  return JSON.parse(stdout);
}

/** Lets `ms` pass for a job whose process is gone: what waiting would do to its heartbeat, without the wait. */
export function letTimePass(folder: string, job: number, ms: number): void {
  const database = new DatabaseSync(join(folder, databaseFile), { timeout: 10_000 });
  try {
    const { changes } = database.prepare('UPDATE job SET heartbeat_at = heartbeat_at - ? WHERE id = ?').run(ms, job);
    if (Number(changes) !== 1) throw new Error(`no job ${job} in ${folder}`);
  } finally {
    database.close();
  }
}

/** A server of another size since some days ago, as a run of that day would have found it. */
export function growServer(folder: string, id: number, days: number): void {
  const database = new DatabaseSync(join(folder, databaseFile), { timeout: 10_000 });
  const at = Date.now() - days * 86_400_000;
  const fields = JSON.stringify([{ path: 'instance_type', from: 'm7i.small', to: 'm7i.large' }]);
  try {
    database
      .prepare("INSERT INTO record_change (resource, at, event, job, fields) VALUES (?, ?, 'changed', 1, ?)")
      .run(id, at, fields);
  } finally {
    database.close();
  }
}

const databaseFile = 'fleetgauge.db';
