/**
 * What a ResourceInfo costs on the wire, 5 KB of it the metadata that each repeats: our codec against ts-proto's own and
 * against JSON, in turns in one run. Run: `node bench/wire.bench.ts [messages a turn]`; 2,000 unless told.
 */
import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { ResourceInfo } from '#wire/gen/v2/spaceone/api/inventory/plugin/collector.ts';
import { makeStatic } from '#wire/struct/static-tree.ts';
import { generate } from '../tools/generate-wire.ts';

const messages = Number(process.argv[2] ?? 2_000);
const turns = 9;

const text = (name: string, key: string) => ({ type: 'text', name, key: `data.monitoring.${key}` });
const item = (name: string, count: number) => ({
  name,
  type: 'item',
  options: {
    fields: Array.from({ length: count }, (_, index) => text(`${name} measure ${index} | Avg`, `${name}.${index}.avg`)),
  },
});
const layouts = [item('cpu', 8), item('memory', 12), item('disk', 16), item('network', 16)];
const layout = () => ({ name: 'Performance', type: 'list', options: { layouts } });
const metadata = () => ({ view: { sub_data: { layouts: [layout()] } } });
const staticMetadata = makeStatic(structuredClone(metadata()));

function message(index: number, its: object) {
  const values = (seed: number) => ({
    avg: (index * 31 + seed) / 7,
    max: (index * 17 + seed) / 3,
    p95: (index + seed) / 11,
  });
  const pair = (seed: number) => ({
    read: values(seed),
    write: values(seed + 1),
    sent: values(seed + 2),
    received: values(seed + 3),
  });
  const source = (name: string) => ({ source: `AWS/EC2 ${name}`, period: 86_400, coverage: 0.98 });
  return ResourceInfo.fromPartial({
    state: 4,
    resource_type: 'inventory.CloudService',
    match_rules: { 1: ['reference.resource_id', 'provider', 'cloud_service_type', 'cloud_service_group', 'account'] },
    resource: {
      provider: 'aws',
      cloud_service_group: 'EC2',
      cloud_service_type: 'Instance',
      account: '123456789012',
      region_code: 'eu-west-1',
      name: `web-${index}`,
      reference: { resource_id: `i-${index.toString(16).padStart(17, '0')}` },
      data: {
        monitoring: { cpu: { utilization: values(1) }, disk: pair(2), network: pair(9) },
        monitoring_info: {
          metrics: Object.fromEntries(['a', 'b', 'c', 'd', 'e', 'f'].map((key) => [key, source(key)])),
        },
      },
      metadata: its,
    },
  });
}

interface Contender {
  readonly name: string;
  readonly encode: (index: number) => Uint8Array;
  readonly decode: (bytes: Uint8Array) => unknown;
}

const scratch = path.join(import.meta.dirname, '.stock');
rmSync(scratch, { recursive: true, force: true });
mkdirSync(scratch, { recursive: true });
generate('v2', scratch, 'stock');
const stock: { ResourceInfo: typeof ResourceInfo } = await import(
  path.join(scratch, 'spaceone/api/inventory/plugin/collector.ts')
);

const plain = Array.from({ length: 64 }, (_, index) => message(index, metadata()));
const spliced = Array.from({ length: 64 }, (_, index) => message(index, staticMetadata));
const at = <T>(list: readonly T[], index: number): T => list[index % list.length] as T;

const contenders: Contender[] = [
  {
    name: 'JSON',
    encode: (index) => Buffer.from(JSON.stringify(at(plain, index))),
    decode: (bytes) => JSON.parse(Buffer.from(bytes).toString()),
  },
  {
    name: 'ts-proto',
    encode: (index) => stock.ResourceInfo.encode(at(plain, index)).finish(),
    decode: (bytes) => stock.ResourceInfo.decode(bytes),
  },
  {
    name: 'ours',
    encode: (index) => ResourceInfo.encode(at(plain, index)).finish(),
    decode: (bytes) => ResourceInfo.decode(bytes),
  },
  {
    name: 'ours, static',
    encode: (index) => ResourceInfo.encode(at(spliced, index)).finish(),
    decode: (bytes) => ResourceInfo.decode(bytes),
  },
];

function cpuMicros(work: (index: number) => unknown): number {
  const before = process.cpuUsage();
  for (let index = 0; index < messages; index++) work(index);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / messages;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}

const times = contenders.map(() => ({ encode: [] as number[], decode: [] as number[] }));
for (let turn = -2; turn < turns; turn++) {
  for (const [index, { encode, decode }] of contenders.entries()) {
    const encoded = Array.from({ length: 64 }, (_, message) => encode(message));
    const [encodes, decodes] = [cpuMicros(encode), cpuMicros((message) => decode(at(encoded, message)))];
    if (turn < 0) continue;
    times[index]?.encode.push(encodes);
    times[index]?.decode.push(decodes);
  }
}

const [json] = times.map(({ encode, decode }) => ({ encode: median(encode), decode: median(decode) }));
console.log(`µs of CPU a message, median of ${turns} turns of ${messages}; in brackets JSON = 1`);
for (const [index, { name, encode }] of contenders.entries()) {
  const figure = (kind: 'encode' | 'decode') => {
    const micros = median(times[index]?.[kind] ?? []);
    return `${kind} ${micros.toFixed(1).padStart(6)} (${(micros / (json?.[kind] ?? 1)).toFixed(2)})`;
  };
  console.log(`${name.padEnd(13)} ${figure('encode')}  ${figure('decode')}  ${encode(0).length} bytes`);
}
rmSync(scratch, { recursive: true });
