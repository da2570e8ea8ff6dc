/**
 * Run as a process: a plugin that serves the port of its first argument. `--stubborn` ignores SIGTERM, `--child` starts another,
 * `--escape` one in a group of its own that keeps the pipes open.
 */
import { spawn } from 'node:child_process';
import { serveLyingPlugin } from './lying-plugin.ts';

const [port = '0', ...flags] = process.argv.slice(2);
if (flags.includes('--broken')) {
  console.error(`cannot start with ${process.env.PLUGIN_TEST_SECRET}`);
  process.exit(9);
}
process.on('SIGTERM', () => {
  if (!flags.includes('--stubborn')) process.exit(0);
});
if (flags.includes('--child')) {
  const child = spawn(process.execPath, ['-e', 'process.on("SIGTERM", () => {}); setInterval(() => {}, 1000)']);
  console.log(`child ${child.pid}`);
}
if (flags.includes('--escape')) {
  const child = spawn('sleep', ['30'], { detached: true, stdio: 'inherit' });
  console.log(`escaped ${child.pid}`);
}
await serveLyingPlugin({ port: Number(port), signal: new AbortController().signal });
console.log(`serving, with ${Object.keys(process.env).length} variables`);
