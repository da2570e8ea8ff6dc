import { join } from 'node:path';
import { z } from 'zod';
import { root } from '../e2e/run-cli.ts';
import { readYaml } from './check.ts';
import { compose, pathOf } from './parts.ts';
import { run } from './run.ts';

const file = join(root, 'deploy/compose/compose.yaml');

const Service = z.object({
  image: z.string(),
  command: z.array(z.string()).default([]),
  environment: z.record(z.string(), z.string()).default({}),
  healthcheck: z.object({ test: z.array(z.string()) }).optional(),
  stop_grace_period: z.string(),
  read_only: z.boolean().default(false),
  cap_drop: z.array(z.string()).default([]),
  security_opt: z.array(z.string()).default([]),
  ports: z.array(z.string()).default([]),
  depends_on: z.record(z.string(), z.object({ condition: z.string() })).default({}),
});
export type Service = z.infer<typeof Service>;

const Project = z.object({
  services: z.object({ postgres: Service, server: Service, worker: Service, plugin: Service }),
  volumes: z.record(z.string(), z.unknown()),
});
export type Project = z.infer<typeof Project>;

/** The project as Compose reads it, all its profiles, with these variables alone. @throws Error where Compose refuses it */
export async function readProject(env: Readonly<Record<string, string>>): Promise<Project> {
  const args = ['--file', file, '--profile', 'plugin', 'config'];
  const yaml = await run(pathOf(compose), args, { env: { PATH: process.env.PATH, ...env }, cwd: '/' });
  return Project.parse(await readYaml(yaml));
}

/** Seconds, of `60s` or `1m`. */
export function secondsOf(duration: string): number {
  const [, minutes = 0, seconds = 0] = /^(?:(\d+)m)?(?:(\d+)s)?$/.exec(duration) ?? [];
  return Number(minutes) * 60 + Number(seconds);
}
