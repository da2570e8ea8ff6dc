import { readFileSync } from 'node:fs';
import {
  create,
  createFileRegistry,
  type DescEnum,
  type DescField,
  type DescFile,
  type DescMessage,
  type DescMethod,
  fromBinary,
  ScalarType,
} from '@bufbuild/protobuf';
import { nestedTypes } from '@bufbuild/protobuf/reflect';
import { FileDescriptorProtoSchema, FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import { describe, expect, it } from 'vitest';
import { files as grpc } from './gen/grpc/descriptors.ts';
import { files as v1 } from './gen/v1/descriptors.ts';
import { files as v2 } from './gen/v2/descriptors.ts';
import type { ProtoFile } from './proto-file.ts';

interface FileFacts {
  readonly package: string;
  readonly service: string | null;
  readonly methods: Record<string, string>;
  readonly messages: Record<string, readonly string[]>;
  readonly enums: Record<string, readonly string[]>;
}

/** What Cloudforet's public API definitions say, parsed once (their versions are named in the files). */
function factsOf(tree: string): Record<string, FileFacts> {
  const url = new URL(`../../proto/facts/${tree}.json`, import.meta.url);
  return JSON.parse(readFileSync(url, 'utf8')).files;
}

describe.each([
  { tree: 'grpc', files: grpc },
  { tree: 'v1', files: v1 },
  { tree: 'v2', files: v2 },
])('the descriptors of $tree', ({ tree, files }) => {
  const facts = factsOf(tree);
  const described = describeFiles(files);

  it('are of the files that the facts tell of', () => {
    const ours = Object.keys(described).filter((name) => !name.startsWith('google/'));
    expect(ours.sort()).toEqual(Object.keys(facts).sort());
  });

  it.each(Object.keys(facts))('%s says the same, number by number', (name) => {
    expect(described[name]).toEqual(facts[name]);
  });
});

function describeFiles(files: readonly ProtoFile[]): Record<string, FileFacts> {
  const file = files.map(({ descriptor }) => fromBinary(FileDescriptorProtoSchema, Buffer.from(descriptor, 'base64')));
  const registry = createFileRegistry(create(FileDescriptorSetSchema, { file }));
  return Object.fromEntries([...registry.files].map((file) => [`${file.name}.proto`, describeFile(file)]));
}

function describeFile(file: DescFile): FileFacts {
  const types = [...nestedTypes(file)];
  const messages = types.filter((type): type is DescMessage => type.kind === 'message');
  const enums = types.filter((type): type is DescEnum => type.kind === 'enum');
  const [service, ...others] = file.services;
  expect(others).toEqual([]);
  return {
    package: file.proto.package,
    service: service?.name ?? null,
    methods: Object.fromEntries((service?.methods ?? []).map((method) => [method.name, describeMethod(method)])),
    messages: Object.fromEntries(messages.map((type) => [type.typeName, inOrder(type.fields).map(describeField)])),
    enums: Object.fromEntries(
      enums.map((type) => [type.typeName, type.values.map(({ name, number }) => `${name} = ${number}`)]),
    ),
  };
}

function inOrder(fields: readonly DescField[]): DescField[] {
  return fields.toSorted((a, b) => a.number - b.number);
}

function describeMethod({ input, output, methodKind }: DescMethod): string {
  const streams = {
    unary: 'unary',
    server_streaming: 'server stream',
    client_streaming: 'client stream',
    bidi_streaming: 'two streams',
  }[methodKind];
  return `${input.typeName} -> ${output.typeName}, ${streams}`;
}

function describeField(field: DescField): string {
  const repeated = field.fieldKind === 'list' ? 'repeated ' : '';
  const oneof = field.oneof === undefined ? '' : ` oneof ${field.oneof.name}`;
  return `${repeated}${typeOf(field)} ${field.name} = ${field.number}${oneof}`;
}

function typeOf(field: DescField): string {
  const value = field.message?.typeName ?? field.enum?.typeName ?? scalarName(field.scalar);
  return field.fieldKind === 'map' ? `map<${scalarName(field.mapKey)},${value}>` : value;
}

function scalarName(scalar: ScalarType | undefined): string {
  return scalar === undefined ? 'none' : ScalarType[scalar].toLowerCase();
}
