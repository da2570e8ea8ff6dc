import type { Dimension } from '@aws-sdk/client-cloudwatch';
import { z } from 'zod';
import type { CollectError } from '#model/errors.ts';
import { type AgentPlatform, agentPlatforms } from './catalog.ts';
import type { Ec2Server } from './server.ts';

/** A series that an agent writes: dimensions must be given back exactly as they were found. */
export interface AgentSeries {
  readonly platform: AgentPlatform;
  readonly dimensions: readonly { readonly Name: string; readonly Value: string }[];
}

/** How a series is kept: `["linux","InstanceId","i-1"]`. */
const KeptSeries = z.tuple([z.enum(agentPlatforms)], z.string());

/**
 * The memory series of a region, by what tells whose they are. A region can have 100,000, so each is kept as a short text
 * until its server is planned.
 */
export class AgentIndex {
  /** Why the series could not be listed: then nothing is known about any agent. */
  readonly error: CollectError | undefined;
  readonly #byInstance = new Map<string, string>();
  readonly #byHost = new Map<string, string>();

  constructor(error?: CollectError) {
    this.error = error;
  }

  /** A series that names neither an instance nor a host is of no one server, and is left out; the same one counts once. */
  add(platform: AgentPlatform, dimensions: readonly Dimension[]): void {
    const named = dimensions.flatMap(({ Name, Value }) =>
      Name === undefined || Value === undefined ? [] : [{ Name, Value }],
    );
    const dimension = (name: string) => named.find((each) => each.Name === name)?.Value;
    const text = JSON.stringify([platform, ...named.flatMap(({ Name, Value }) => [Name, Value])]);
    const instance = dimension('InstanceId');
    const host = dimension('host');
    if (instance !== undefined) append(this.#byInstance, instance, text);
    else if (host !== undefined) append(this.#byHost, host, text);
  }

  /** By instance id, or else by a name of the host. */
  seriesOf({ id, hostNames }: Ec2Server): AgentSeries[] {
    const texts = this.#byInstance.get(id) ?? hostNames.flatMap((host) => this.#byHost.get(host) ?? []).join('\n');
    return texts === '' ? [] : texts.split('\n').map(seriesFrom);
  }
}

function seriesFrom(text: string): AgentSeries {
  const [platform, ...flat] = KeptSeries.parse(JSON.parse(text));
  const names = flat.filter((_, at) => at % 2 === 0);
  return { platform, dimensions: names.map((Name, at) => ({ Name, Value: flat[2 * at + 1] ?? '' })) };
}

function append(lines: Map<string, string>, key: string, line: string): void {
  const before = lines.get(key);
  if (before === undefined) lines.set(key, line);
  else if (!before.split('\n').includes(line)) lines.set(key, `${before}\n${line}`);
}
