/**
 * Writes `src/wire/gen` from `proto/`: message types with their codecs and method tables by ts-proto, and for reflection each
 * file's descriptor. Offline: buf and ts-proto come from npm. `--check` writes nothing and fails where the two disagree.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createFileRegistry, fromBinary, toBinary } from '@bufbuild/protobuf';
import { nestedTypes } from '@bufbuild/protobuf/reflect';
import { FileDescriptorProtoSchema, FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';

const root = path.resolve(import.meta.dirname, '..');
const target = path.join(root, 'src/wire/gen');

/** v1 and v2 share package names, so each is a tree of its own; `grpc` holds what both serve. */
const trees = ['grpc', 'v1', 'v2'];

/** The stock codec is ts-proto's own google.protobuf.Struct: the bench measures ours against it. */
export function generate(tree: string, out: string, codec: 'ours' | 'stock' = 'ours'): void {
  const options = [
    'importSuffix=.ts',
    'esModuleInterop=true',
    'env=node',
    'snakeToCamel=false',
    'enumsAsLiterals=true', // enums proper do not survive type stripping
    'unrecognizedEnum=false',
    'outputJsonMethods=false',
    'outputServices=generic-definitions',
    'useExactTypes=false',
    'useUnknownForValue=true',
    ...(codec === 'ours' ? ['Mgoogle/protobuf/struct.proto=#wire/struct/message.ts'] : []),
  ];
  const plugin = [process.execPath, path.join(root, 'node_modules/ts-proto/protoc-gen-ts_proto')];
  const template = {
    version: 'v2',
    plugins: [{ local: plugin, out, opt: options, include_imports: true, include_wkt: true }],
  };
  buf('generate', path.join(root, 'proto', tree), '--template', JSON.stringify(template));
  if (codec === 'ours') rmSync(path.join(out, 'google/protobuf/struct.ts'), { force: true });
  writeFileSync(path.join(out, 'descriptors.ts'), descriptors(tree));
}

function descriptors(tree: string): string {
  const set = fromBinary(
    FileDescriptorSetSchema,
    buf('build', path.join(root, 'proto', tree), '--as-file-descriptor-set', '--exclude-source-info', '-o', '-'),
  );
  const registry = createFileRegistry(set);
  const files = set.file.map((file) => ({
    name: file.name,
    imports: file.dependency,
    symbols: symbolsOf(registry, file.name),
    descriptor: Buffer.from(toBinary(FileDescriptorProtoSchema, file)).toString('base64'),
  }));
  return `// Written by tools/generate-wire.ts from proto/${tree}. Do not edit.

import type { ProtoFile } from '#wire/proto-file.ts';

export const files: readonly ProtoFile[] = ${JSON.stringify(files, null, 2)};
`;
}

/** All that a reflection client may ask a file by: services, methods, messages, fields, enums and their values. */
function symbolsOf(registry: ReturnType<typeof createFileRegistry>, fileName: string): string[] {
  const file = registry.getFile(fileName);
  if (file === undefined) throw new Error(`buf did not describe ${fileName}`);
  return [...nestedTypes(file)].flatMap((type) => {
    if (type.kind === 'service') return [type.typeName, ...type.methods.map(({ name }) => `${type.typeName}.${name}`)];
    if (type.kind === 'message') return [type.typeName, ...type.fields.map(({ name }) => `${type.typeName}.${name}`)];
    if (type.kind === 'extension') return [type.typeName];
    const scope = type.typeName.slice(0, type.typeName.lastIndexOf('.'));
    return [type.typeName, ...type.values.map(({ name }) => `${scope}.${name}`)];
  });
}

function buf(...args: string[]): Buffer {
  return execFileSync(process.execPath, [path.join(root, 'node_modules/@bufbuild/buf/bin/buf'), ...args], {
    maxBuffer: 64 * 2 ** 20,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

function generateAll(out: string): void {
  for (const tree of trees) {
    mkdirSync(path.join(out, tree), { recursive: true });
    generate(tree, path.join(out, tree));
  }
}

function contents(folder: string): Map<string, string> {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
  return new Map(names.map((name) => [name, readFileSync(path.join(folder, name), 'utf8')]));
}

function check(): void {
  const scratch = mkdtempSync(path.join(tmpdir(), 'fleetgauge-gen-'));
  try {
    generateAll(scratch);
    const [want, have] = [contents(scratch), contents(target)];
    const stale = [...new Set([...want.keys(), ...have.keys()])].filter((name) => want.get(name) !== have.get(name));
    if (stale.length === 0) return;
    console.error(`src/wire/gen is not what proto/ says; run \`npm run generate\`:\n  ${stale.join('\n  ')}`);
    process.exitCode = 1;
  } finally {
    rmSync(scratch, { recursive: true });
  }
}

if (import.meta.main) {
  if (process.argv.includes('--check')) check();
  else {
    rmSync(target, { recursive: true, force: true });
    generateAll(target);
  }
}
