import { setTimeout as wait } from 'node:timers/promises';
import { CollectError } from '#model/errors.ts';
import { CollectorDefinition as V1 } from '#wire/gen/v1/spaceone/api/inventory/plugin/collector.ts';
import {
  type ResourceInfo,
  ResourceInfo as ResourceInfoCodec,
  CollectorDefinition as V2,
} from '#wire/gen/v2/spaceone/api/inventory/plugin/collector.ts';
import { JobDefinition } from '#wire/gen/v2/spaceone/api/inventory/plugin/job.ts';
import type { Generation } from '#wire/generation.ts';
import { encodeMessage, type MessageCodec, type Sparse } from '#wire/rpc.ts';
import { type Listening, serve } from '#wire/server.ts';
import { implement, type Service } from '#wire/service.ts';

const forever = 2 ** 30;

/** What a stream does, by its `options` and, over these, its `task_options`. */
export interface Behaviour {
  /** Good servers, told first. */
  readonly count?: number;
  /** Names of servers; the same ones where it is said again. */
  readonly prefix?: string;
  /** What comes after them. */
  readonly lie?: Lie;
  /** `get_tasks` answers these. */
  readonly tasks?: readonly Behaviour[];
  readonly region?: string;
}

export const lies = [
  'hang',
  'crash',
  'break',
  'denied',
  'cancel',
  'endless',
  'huge',
  'nan',
  'garbage',
  'wrong types',
  'wrong monitoring',
  'wrong rules',
  'no rules',
  'unknown type',
  'failure',
  'fat',
  'secret',
] as const;
export type Lie = (typeof lies)[number];

/** What the last streams of a plugin went through. */
export interface Seen {
  sent: number;
  open: number;
  requests: unknown[];
}

interface Raw {
  readonly bytes: Uint8Array;
}

/** Sends what it is given: our own codec would not let a lie pass. */
const raw: MessageCodec<Raw> = {
  encode: ({ bytes }) => ({ finish: () => bytes }),
  decode: (bytes) => ({ bytes }),
  fromPartial: ({ bytes = new Uint8Array() }) => ({ bytes }),
};

/** A collector plugin that does as it is told, however wrong that is. */
export function serveLyingPlugin(options: {
  readonly generation?: Generation;
  readonly port?: number;
  readonly signal: AbortSignal;
  readonly seen?: Seen;
}): Promise<Listening> {
  const { generation = 'v2', port = 0, signal, seen = { sent: 0, open: 0, requests: [] } } = options;
  const services = generation === 'v2' ? [collectorV2(seen), jobs] : [collectorV1(seen)];
  return serve({ generation, services, version: '1', host: '127.0.0.1', port, signal, graceMs: 100 });
}

type Struct = { readonly [key: string]: unknown } | undefined;

function verify({ secret_data }: { readonly secret_data: Struct }) {
  if (secret_data?.key !== 'right') throw new CollectError('secret_rejected', `the key ${secret_data?.key} is wrong`);
  return {};
}

function init({ options }: { readonly options: Struct }) {
  if (options?.lie === 'denied') throw new CollectError('access_denied', 'no');
  return { metadata: { supported_resource_type: ['inventory.CloudService'], concurrency: 2 } };
}

function collectorV1(seen: Seen): Service {
  const { collect } = V1.methods;
  const methods = { ...V1.methods, collect: { ...collect, responseType: raw } };
  return implement(
    { ...V1, methods },
    { init, verify, collect: (request, { signal }) => tell(request, 'v1', seen, signal) },
  );
}

function collectorV2(seen: Seen): Service {
  const { collect } = V2.methods;
  const methods = { ...V2.methods, collect: { ...collect, responseType: raw } };
  return implement(
    { ...V2, methods },
    { init, verify, collect: (request, { signal }) => tell(request, 'v2', seen, signal) },
  );
}

const jobs = implement(JobDefinition, {
  get_tasks: ({ options }) => {
    if (options?.tasks === undefined) throw new TypeError('nobody wrote this');
    return { tasks: (Array.isArray(options.tasks) ? options.tasks : []).map((task_options) => ({ task_options })) };
  },
});

async function* tell(
  request: { readonly options: Struct; readonly task_options?: Struct },
  generation: Generation,
  seen: Seen,
  signal: AbortSignal,
): AsyncGenerator<Raw> {
  const { tasks: _, ...behaviour }: Behaviour = { ...request.options, ...request.task_options };
  seen.requests.push(request);
  seen.open++;
  try {
    for await (const message of messagesOf(behaviour, generation, signal)) {
      seen.sent++;
      yield { bytes: message instanceof Uint8Array ? message : bytesOf(message) };
    }
  } finally {
    seen.open--;
  }
}

type Message = Sparse<ResourceInfo>;

async function* messagesOf(
  { count = 0, prefix = 'i-', lie }: Behaviour,
  generation: Generation,
  signal: AbortSignal,
): AsyncGenerator<Message | Uint8Array> {
  for (let at = 0; at < count; at++) yield goodServer(`${prefix}${at}`, generation);
  const good = goodServer('i-lie', generation);
  const { resource } = good;
  const data = { monitoring: { cpu: { utilization: { avg: mark } } } };
  switch (lie) {
    case undefined:
      return;
    case 'hang':
      await wait(forever, undefined, { signal });
      return;
    case 'crash':
      process.exit(3);
      return;
    case 'break':
      throw new CollectError('unavailable', 'the other side has gone');
    case 'cancel':
      throw new CollectError('cancelled', 'somebody canceled it');
    case 'denied':
      throw new CollectError('access_denied', 'no leave to look');
    case 'endless':
      for (;;) yield { ...good, resource: { ...resource, data: { text: 'x'.repeat(65_536) } } };
    case 'huge':
      yield { ...good, resource: { ...resource, data: { text: 'x'.repeat(2 * 2 ** 20) } } };
      return;
    case 'fat':
      yield { ...good, resource: { ...resource, data: { text: 'x'.repeat(2 ** 19) } } };
      return;
    case 'nan':
      yield withNaN(bytesOf({ ...good, resource: { ...resource, data } }));
      return;
    case 'garbage':
      yield Uint8Array.from([0x0a, 0xff, 0xff, 0x03]);
      return;
    case 'wrong types':
      yield { ...good, resource: { ...resource, provider: 7, reference: ['i-lie'], data: 'none' } };
      return;
    case 'wrong monitoring':
      yield { ...good, resource: { ...resource, data: { monitoring: { cpu: { utilization: { avg: 'high' } } } } } };
      return;
    case 'wrong rules':
      yield { ...good, match_rules: { '1': ['data.secret'] } };
      return;
    case 'no rules':
      yield { ...good, match_rules: {} };
      return;
    case 'unknown type':
      yield { ...good, resource_type: 'inventory.Spaceship' };
      return;
    case 'failure':
      yield { state: 5, resource_type: 'inventory.ErrorResource', message: 'AccessDenied: ec2:DescribeInstances' };
      return;
    case 'secret':
      yield { state: 5, resource_type: 'inventory.ErrorResource', message: 'could not sign in with hunter2-hunter2' };
  }
}

/** A double that stands nowhere else in a message. */
const mark = 123_456.789;

function withNaN(bytes: Uint8Array): Uint8Array {
  const number = Buffer.alloc(8);
  number.writeDoubleLE(mark);
  const changed = Buffer.from(bytes);
  changed.writeDoubleLE(Number.NaN, changed.indexOf(number));
  return changed;
}

function bytesOf(message: Message): Uint8Array {
  // A copy: the encoder writes the next message where this one is.
  return Uint8Array.from(encodeMessage(ResourceInfoCodec, message));
}

function goodServer(id: string, generation: Generation): Message {
  return {
    state: 4,
    resource_type: generation === 'v1' ? 'inventory.Server' : 'inventory.CloudService',
    match_rules: { '1': ['reference.resource_id', 'provider'] },
    resource: {
      provider: 'aws',
      cloud_service_group: 'EC2',
      cloud_service_type: 'Instance',
      account: '123456789012',
      region_code: 'eu-west-1',
      name: `name of ${id}`,
      instance_type: null,
      reference: { resource_id: id },
      tags: { env: 'prod' },
      data: {
        compute: { instance_state: 'RUNNING', security_groups: ['sg-1'], ebs_optimized: true },
        hardware: { core: 2, memory: '8' },
      },
      metadata: { view: { sub_data: { layouts: [] } } },
    },
  };
}
