import type { Command } from 'commander';
import { version } from '../version.ts';

export function addVersionCommand(program: Command): void {
  program
    .command('version')
    .option('--json', 'with the Node and the system that it runs on')
    .action(({ json }: { json?: boolean }) => {
      const { versions, platform, arch } = process;
      process.stdout.write(`${json ? JSON.stringify({ version, node: versions.node, platform, arch }) : version}\n`);
    });
}
