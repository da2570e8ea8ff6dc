#!/usr/bin/env node
'use strict';
// Starts the command line on a Node that is new enough, also where the host's own is older, and lean in memory.

const { spawn } = require('node:child_process');
const { constants } = require('node:os');
const path = require('node:path');
const { ensure, lean, nodePath } = require('../tools/bootstrap.cjs');

const main = path.join(__dirname, '../src/cli/main.ts');
const { XDG_CACHE_HOME, HOME, LOCALAPPDATA } = process.env;
const caches = XDG_CACHE_HOME || (HOME ? path.join(HOME, '.cache') : LOCALAPPDATA);
/** As main.ts has it for what comes after itself: so main.ts too is read from there, and nothing that reads TypeScript is loaded. */
const codeCache = caches ? { NODE_COMPILE_CACHE: path.join(caches, 'fleetgauge') } : {};

function start() {
  ensure();
  const child = spawn(nodePath(), [...lean.flags, main, ...process.argv.slice(2)], {
    stdio: 'inherit',
    env: { ...lean.env, ...codeCache, ...process.env },
  });
  // A terminal sends Ctrl-C to both processes; only the child may act on it, and this one ends when the child does.
  process.on('SIGINT', () => {});
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => {
    process.exitCode = signal ? 128 + constants.signals[signal] : code;
  });
}

try {
  start();
} catch (error) {
  process.stderr.write(`fleetgauge: ${error.message}\n`);
  process.exitCode = 1;
}
