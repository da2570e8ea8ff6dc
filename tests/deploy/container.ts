import { readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { readDockerfile } from '../e2e/dockerfile.ts';
import { type RunningCli, root, startProcess } from '../e2e/run-cli.ts';
import type { Container } from './manifest.ts';

const [, image] = readDockerfile(readFileSync(join(root, 'Dockerfile'), 'utf8'));

/** What a container is told to run, after what its image says. */
export interface Command {
  /** Instead of the image's. */
  readonly entrypoint?: readonly string[];
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly stdin?: string;
}

/** What there is of a container on this machine: a folder for its volumes, and ports of this machine for its own. */
export interface Host {
  readonly folder: string;
  /** The container's, and this machine's. */
  readonly ports?: ReadonlyMap<number, number>;
}

/** Runs what a container of the image would run, as a process. What it says of its port and of /data is moved. */
export async function startContainer({ entrypoint, args, env, stdin }: Command, host: Host): Promise<RunningCli> {
  const data = join(host.folder, 'data');
  await mkdir(data, { recursive: true });
  const [command = '', ...before] = entrypoint ?? image?.entrypoint ?? [];
  return startProcess(command, [...before, ...args.map((text) => moved(text, host))], {
    home: host.folder,
    env: { ...image?.env, ...env, FLEETGAUGE_DATA: data },
    ...(stdin === undefined ? {} : { stdin }),
  });
}

/** What speaks of a container's port, of that port of this machine. */
export function moved(text: string, { ports = new Map() }: Host): string {
  return text.replaceAll(/\d{4,5}/g, (digits) => String(ports.get(Number(digits)) ?? digits));
}

export type Secrets = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** @throws Error for a key of a Secret that is not there: its pod would not start */
export function commandOf({ command, args, env }: Container, secrets: Secrets): Command {
  const values = env.map(({ name, value, valueFrom }): [string, string] => {
    const { name: secret = '', key = '' } = valueFrom?.secretKeyRef ?? {};
    const found = valueFrom === undefined ? (value ?? '') : secrets[secret]?.[key];
    if (found === undefined) throw new Error(`${name}: the Secret ${secret} has no ${key}`);
    return [name, found];
  });
  return { args, env: Object.fromEntries(values), ...(command === undefined ? {} : { entrypoint: command }) };
}
