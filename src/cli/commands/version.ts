import type { Command } from 'commander';
import { addDocumentOptions, type DocumentFlags, writeDocument } from '../output.ts';
import { version } from '../version.ts';

export function addVersionCommand(program: Command): void {
  const command = program.command('version');
  addDocumentOptions(command, 'with the Node and the system that it runs on').action((flags: DocumentFlags) => {
    const { versions, platform, arch } = process;
    return writeDocument(flags, { data: { version, node: versions.node, platform, arch }, text: () => version });
  });
}
