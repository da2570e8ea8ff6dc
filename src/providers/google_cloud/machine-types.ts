import { z } from 'zod';
import { CollectError } from '#model/errors.ts';
import type { Rest } from './rest.ts';

export interface TypeFacts {
  readonly vcpus: number;
  readonly memoryBytes: number;
}

/** Where types are looked up. */
export interface Place {
  readonly rest: Rest;
  readonly project: string;
  readonly zone: string;
}

/** Looks up types, each once a connection. One that the zone does not know, or that may not be read, is absent. */
export type TypeLookup = (
  types: ReadonlySet<string>,
  place: Place,
  signal: AbortSignal,
) => Promise<ReadonlyMap<string, TypeFacts>>;

const MachineType = z.object({ guestCpus: z.int(), memoryMb: z.int() });

export function createTypeLookup(): TypeLookup {
  const known = new Map<string, TypeFacts>();
  const asked = new Map<string, Promise<void>>();

  return async (types, place, signal) => {
    await Promise.all([...types].map((type) => askOnce(type, place, signal)));
    return known;
  };

  /** Zones and projects that are looked at side by side wait for the same answer. */
  async function askOnce(type: string, place: Place, signal: AbortSignal): Promise<void> {
    const asking = asked.get(type) ?? ask(type, place, signal);
    asked.set(type, asking);
    try {
      await asking;
    } catch (caught) {
      asked.delete(type);
      const error = CollectError.from(caught);
      if (error.code !== 'access_denied' && error.code !== 'not_found') throw error;
    }
  }

  /** Custom types are in no list; their names tell all. */
  async function ask(type: string, place: Place, signal: AbortSignal): Promise<void> {
    const facts = customType(type) ?? (await read(type, place, signal));
    known.set(type, facts);
  }
}

async function read(type: string, { rest, project, zone }: Place, signal: AbortSignal): Promise<TypeFacts> {
  const { guestCpus, memoryMb } = await rest(
    {
      api: 'compute:machineTypes.get',
      service: 'compute',
      path: `/compute/v1/projects/${project}/zones/${zone}/machineTypes/${type}`,
      query: { fields: 'guestCpus,memoryMb' },
      reply: MachineType,
      where: `${project}/${zone}`,
    },
    signal,
  );
  return { vcpus: guestCpus, memoryBytes: memoryMb * 2 ** 20 };
}

/** `n2-custom-8-16384`, `custom-4-26624-ext` (N1), `e2-custom-small-3072` (shared core, two vCPUs). */
export function customType(name: string): TypeFacts | undefined {
  const [, cpus, mebibytes] = /^(?:[a-z0-9]+-)?custom-(\d+|micro|small|medium)-(\d+)(?:-ext)?$/.exec(name) ?? [];
  if (cpus === undefined || mebibytes === undefined) return undefined;
  return { vcpus: /^\d/.test(cpus) ? Number(cpus) : 2, memoryBytes: Number(mebibytes) * 2 ** 20 };
}
