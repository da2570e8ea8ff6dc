'use strict';
// Brings what a fresh clone lacks: packages, a Node new enough, the built console. Runs on any Node from 14 up,
// before anything is installed, so: CommonJS, no dependencies. Does nothing (some 30 ms) when all is in place.

const { spawnSync } = require('node:child_process');
const { createHash } = require('node:crypto');
const fs = require('node:fs');
const path = require('node:path');

const root = path.resolve(__dirname, '..');
const floor = [22, 18];

/**
 * How fleetgauge is run: V8 and malloc keep little that is free, so that memory is that of the work and not of the machine.
 * Measured by bench/collect.bench.ts, see docs/adr/0012.
 */
const lean = {
  flags: ['--max-semi-space-size=4', '--heap-growing-percent=30'],
  env: { MALLOC_ARENA_MAX: '1', MALLOC_TRIM_THRESHOLD_: '65536' },
};

/** The Node to run on: the host's own where it is new enough, else the one from the npm registry. */
function nodePath() {
  return hostIsNewEnough() ? process.execPath : bundledNode();
}

function hostIsNewEnough() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  return major > floor[0] || (major === floor[0] && minor >= floor[1]);
}

function bundledNode() {
  const bin = path.join(root, 'tools/runtime/node_modules/.bin/node');
  return process.platform === 'win32' ? `${bin}.cmd` : bin;
}

function ensure() {
  const lock = digest([path.join(root, 'package-lock.json')]);
  step('packages', 'node_modules/.fleetgauge-lock', lock, () => npm(['ci'], root));
  if (!hostIsNewEnough()) ensureRuntime();
  const consoleSources = digest([
    ...filesBelow(path.join(root, 'console'), ['dist', 'node_modules']),
    path.join(root, 'package-lock.json'),
    __filename,
  ]);
  step('console', 'console/dist/.fleetgauge-build', consoleSources, buildConsole);
}

function ensureRuntime() {
  const home = path.join(root, 'tools/runtime');
  const want = digest([path.join(home, 'package-lock.json')]);
  step(
    `Node ${floor.join('.')}+ (this host has ${process.versions.node})`,
    'tools/runtime/node_modules/.fleetgauge-lock',
    want,
    () => {
      npm(['ci'], home);
      if (!fs.existsSync(bundledNode())) {
        throw new Error(
          `no Node for ${process.platform}-${process.arch} on the npm registry; install Node ${floor.join('.')} or newer by hand`,
        );
      }
    },
  );
  linkForScripts();
}

/** npm puts node_modules/.bin first on a script's PATH: a `node` there is the one that the scripts of package.json run on. */
function linkForScripts() {
  const link = path.join(root, 'node_modules/.bin/node');
  if (process.platform === 'win32') {
    fs.writeFileSync(`${link}.cmd`, `@"${bundledNode()}" %*\r\n`);
    return;
  }
  if (fs.existsSync(link)) return;
  fs.rmSync(link, { force: true });
  fs.symlinkSync(path.relative(path.dirname(link), bundledNode()), link);
}

function buildConsole() {
  run(
    nodePath(),
    [path.join(root, 'node_modules/vite/bin/vite.js'), 'build', '--logLevel', 'warn'],
    path.join(root, 'console'),
    // Otherwise React comes with all that helps to write it: half as large again, and slow.
    { ...installEnv(), NODE_ENV: 'production' },
  );
}

/** Runs `work` unless the stamp file says that it was done for exactly this input. */
function step(what, stamp, want, work) {
  const file = path.join(root, stamp);
  if (read(file) === want) return;
  const begun = Date.now();
  process.stderr.write(`fleetgauge: installing ${what} …\n`);
  work();
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, want);
  process.stderr.write(`fleetgauge: ${what} ready in ${((Date.now() - begun) / 1000).toFixed(1)} s\n`);
}

function npm(args, cwd) {
  const flags = ['--no-audit', '--no-fund', '--loglevel=error'];
  if (process.env.npm_execpath) run(process.execPath, [process.env.npm_execpath, ...args, ...flags], cwd);
  else run(process.platform === 'win32' ? 'npm.cmd' : 'npm', [...args, ...flags], cwd);
}

function run(command, args, cwd, env = installEnv()) {
  const { status, error } = spawnSync(command, args, { cwd, stdio: ['ignore', 2, 2], env });
  if (error || status !== 0) {
    throw new Error(
      `\`${path.basename(command)} ${args.map((a) => path.basename(a)).join(' ')}\` failed${error ? `: ${error.message}` : ` with exit code ${status}`}`,
    );
  }
}

/** Without this a NODE_ENV=production on the host would leave out the packages that build the console. */
function installEnv() {
  return { ...process.env, NODE_ENV: 'development', npm_config_omit: '' };
}

function filesBelow(folder, leaveOut) {
  return fs.readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (leaveOut.includes(entry.name)) return [];
    const at = path.join(folder, entry.name);
    return entry.isDirectory() ? filesBelow(at, leaveOut) : [at];
  });
}

function digest(files) {
  const hash = createHash('sha256');
  for (const file of files.sort()) hash.update(path.relative(root, file)).update(fs.readFileSync(file));
  return hash.digest('hex');
}

function read(file) {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

module.exports = { ensure, lean, nodePath };

if (require.main === module) {
  try {
    ensure();
  } catch (error) {
    process.stderr.write(`fleetgauge: ${error.message}\n`);
    process.exitCode = 1;
  }
}
