import { join } from 'node:path';
import type { Clock } from '#collect/clock.ts';
import { CollectError } from '#model/errors.ts';
import type { PluginReach } from '#store/plugins.ts';
import type { ChildStart } from './child.ts';
import { baseEnv, portEnv } from './child-env.ts';
import { defaultLimits, type PluginLimits } from './limits.ts';
import { installPackage } from './npm-package.ts';
import { type Fields, Peer } from './peer.ts';
import { PluginLog } from './plugin-log.ts';
import { type Redaction, redaction } from './redact.ts';
import { Supervisor } from './supervise.ts';

/** Where and how plugins are run. */
export interface PluginHost {
  /** Of our data: each plugin has a folder in it, for its log and its package. */
  readonly folder: string;
  readonly clock: Clock;
  readonly limits?: PluginLimits;
  readonly env?: NodeJS.ProcessEnv;
}

/** A plugin that can be spoken to: one that we run is running. Stopped when it is disposed of. */
export interface OpenPlugin extends AsyncDisposable {
  readonly redact: Redaction;
  readonly limits: PluginLimits;
  /** A channel to it, where it is now. @throws CollectError where it cannot be reached, or is no collector plugin */
  connect(signal: AbortSignal): Promise<Peer>;
  /** Whether it is not started again any more. */
  isGivenUp(): boolean;
}

export interface OpenRequest {
  readonly name: string;
  readonly reach: PluginReach;
  /** What it will be given, and must not tell. */
  readonly secretData: Fields;
}

/**
 * Starts a plugin that we are to run; one that runs elsewhere is there or not.
 *
 * @throws CollectError where its package cannot be had
 */
export async function openPlugin({ name, reach, secretData }: OpenRequest, host: PluginHost): Promise<OpenPlugin> {
  const { clock, limits = defaultLimits, env = process.env } = host;
  const named = reach.kind === 'endpoint' ? [] : reach.env.map((variable) => env[variable]);
  const redact = redaction(secretData, named);
  const peerAt = (url: string, signal: AbortSignal) => Peer.connect(url, { limits, clock, signal });
  if (reach.kind === 'endpoint') {
    return {
      redact,
      limits,
      connect: (signal) => peerAt(reach.url, signal),
      isGivenUp: () => false,
      [Symbol.asyncDispose]: async () => {},
    };
  }
  const log = new PluginLog(pluginFolder(host.folder, name), redact, clock.now);
  const start = await starterOf(name, reach, host, log);
  const supervisor = new Supervisor({ name, start, log, clock });
  return {
    redact,
    limits,
    connect: async (signal) => peerAt(`grpc://${await withSignal(supervisor.address(), signal)}`, signal),
    isGivenUp: () => supervisor.isOver,
    [Symbol.asyncDispose]: () => supervisor.stop(),
  };
}

/** Of its log and its package. */
export function pluginFolder(dataFolder: string, name: string): string {
  return join(dataFolder, 'plugins', name);
}

async function starterOf(
  name: string,
  reach: Exclude<PluginReach, { kind: 'endpoint' }>,
  { folder, env = process.env }: PluginHost,
  log: PluginLog,
): Promise<(port: number) => ChildStart> {
  const front =
    reach.kind === 'command'
      ? { command: reach.command, first: [], ...(reach.cwd === undefined ? {} : { cwd: reach.cwd }) }
      : {
          command: process.execPath,
          first: [await installPackage(reach.spec, join(pluginFolder(folder, name), 'package'), log)],
        };
  const { command, first, ...place } = front;
  return (port) => ({
    command,
    args: [...first, ...reach.args.map((arg) => arg.replaceAll('{port}', String(port)))],
    ...place,
    env: { ...baseEnv(reach.env, env), ...portEnv(port) },
  });
}

function withSignal<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const leave = () => reject(new CollectError('cancelled', 'nobody waits for the plugin any more'));
    if (signal.aborted) leave();
    signal.addEventListener('abort', leave, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', leave));
  });
}
