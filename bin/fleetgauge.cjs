#!/usr/bin/env node
'use strict';
// Starts the command line on a Node that is new enough, also where the host's own is older.

const { spawn } = require('node:child_process');
const path = require('node:path');
const { ensure, nodePath } = require('../tools/bootstrap.cjs');

const main = path.join(__dirname, '../src/cli/main.ts');

function start() {
  ensure();
  const node = nodePath();
  if (node === process.execPath) {
    process.argv[1] = main;
    return import(require('node:url').pathToFileURL(main).href);
  }
  const child = spawn(node, [main, ...process.argv.slice(2)], { stdio: 'inherit' });
  // A terminal sends Ctrl-C to both processes; only the child may act on it, and this one ends when the child does.
  process.on('SIGINT', () => {});
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => {
    process.exitCode = signal ? 128 + require('node:os').constants.signals[signal] : code;
  });
  return Promise.resolve();
}

Promise.resolve()
  .then(start)
  .catch((error) => {
    process.stderr.write(`fleetgauge: ${error.message}\n`);
    process.exitCode = 1;
  });
