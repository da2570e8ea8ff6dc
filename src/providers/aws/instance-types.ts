import {
  type _InstanceType,
  DescribeInstanceTypesCommand,
  type EC2Client,
  type InstanceTypeInfo,
} from '@aws-sdk/client-ec2';
import { CollectError } from '#model/errors.ts';
import type { Send } from './send.ts';

export interface TypeFacts {
  readonly vcpus: number;
  readonly memoryBytes: number;
  readonly isNitro: boolean;
  readonly hasInstanceStore: boolean;
}

/** Looks up types, each once per account. A type that the region does not know, or that may not be read, is absent. */
export type TypeLookup = (
  types: ReadonlySet<string>,
  region: string,
  signal: AbortSignal,
) => Promise<ReadonlyMap<string, TypeFacts>>;

const maxTypesPerCall = 100;

export function createTypeLookup(clientOf: (region: string) => EC2Client, send: Send): TypeLookup {
  const known = new Map<string, TypeFacts>();
  return async (types, region, signal) => {
    const unknown = [...types].filter((type) => !known.has(type));
    for (let at = 0; at < unknown.length; at += maxTypesPerCall) {
      for (const [type, facts] of await describe(unknown.slice(at, at + maxTypesPerCall), region, signal))
        known.set(type, facts);
    }
    return known;
  };

  /** One type that is unknown to the region fails the whole call, so a refused call is halved until that type stands alone. */
  async function describe(
    types: readonly string[],
    region: string,
    signal: AbortSignal,
  ): Promise<[string, TypeFacts][]> {
    try {
      const reply = await send(
        { api: 'ec2:DescribeInstanceTypes', region },
        (abortSignal) =>
          clientOf(region).send(new DescribeInstanceTypesCommand({ InstanceTypes: types.filter(isTypeName) }), {
            abortSignal,
          }),
        signal,
      );
      return (reply.InstanceTypes ?? []).flatMap(factsOf);
    } catch (caught) {
      const error = CollectError.from(caught);
      if (error.code === 'access_denied') return [];
      if (error.code !== 'invalid_query') throw error;
      if (types.length === 1) return [];
      const half = Math.ceil(types.length / 2);
      return [
        ...(await describe(types.slice(0, half), region, signal)),
        ...(await describe(types.slice(half), region, signal)),
      ];
    }
  }
}

function factsOf(info: InstanceTypeInfo): [string, TypeFacts][] {
  const mebibytes = info.MemoryInfo?.SizeInMiB;
  const vcpus = info.VCpuInfo?.DefaultVCpus;
  if (info.InstanceType === undefined || mebibytes === undefined || vcpus === undefined) return [];
  const isNitro = info.Hypervisor === 'nitro' && info.BareMetal !== true;
  return [
    [
      info.InstanceType,
      { vcpus, memoryBytes: mebibytes * 2 ** 20, isNitro, hasInstanceStore: info.InstanceStorageSupported === true },
    ],
  ];
}

/** The SDK's type is a union of the names known when it was built; AWS accepts any well-formed one. */
function isTypeName(text: string): text is _InstanceType {
  return /^[a-z0-9-]+\.[a-z0-9-]+$/.test(text);
}
