/**
 * The console's budgets with a list of 100,000 servers, in a real Chromium: what was measured, and the limit. Tells, and fails
 * only where it is asked to: the machine decides, too. Run: `node bench/console.bench.ts [rows] [--json <file>]
 * [--against <file>] [--check] [--live <seconds>] [--tour <seconds>]`; the browser is at /usr/bin/chromium unless CHROMIUM says
 * otherwise.
 *
 * --json keeps what was measured; --against compares with what was kept: worse is what is so by a fifth, times as the machine of
 * now would have taken them. --check ends with 1 where a limit is passed, or something is worse.
 */
import { parseArgs } from 'node:util';
import { budgetOf, type Figure, figureNames, isOver } from './console/budgets.ts';
import { machineMs } from './console/machine-speed.ts';
import { benchConsole } from './console/run.ts';
import { expected, isWorse, readRun, writeRun } from './console/stored.ts';
import { atLeast, count, fixed, mark, table } from './show.ts';

const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: 'string' },
    against: { type: 'string' },
    check: { type: 'boolean', default: false },
    live: { type: 'string', default: '60' },
    tour: { type: 'string', default: '30' },
  },
});
const rows = Number(positionals[0] ?? 100_000);
const before = flags.against === undefined ? undefined : await readRun(flags.against);
if (before !== undefined && before.rows !== rows) throw new Error(`${flags.against} is of ${before.rows} rows`);
const speed = machineMs();
const { figures, shifts, saidPerSecond } = await benchConsole({
  rows,
  liveMs: Number(flags.live) * 1000,
  tourMs: Number(flags.tour) * 1000,
});
const run = { rows, machineMs: speed, figures };
const shown = figureNames.map((name) => ({ name, value: figures[name], was: before && expected(name, before, run) }));
const isBad = (name: Figure, value: number, was: number | undefined) =>
  isOver(name, value) || (was !== undefined && isWorse(name, value, was));

console.log(
  table([
    [`console, ${count(rows)} servers`, process.version, 'limit', ...(before === undefined ? [] : ['before', ''])],
    ...shown.map(({ name, value, was }) => {
      const { what, limit, isLeast = false, digits = 0 } = budgetOf(name);
      const compared = [fixed(was, digits), was !== undefined && isWorse(name, value, was) ? 'worse' : ''];
      return [
        what,
        fixed(value, digits),
        isLeast ? atLeast(value, limit) : mark(value, limit),
        ...(before === undefined ? [] : compared),
      ];
    }),
  ]),
);
const shifted = [...shifts].filter(([, shift]) => shift > 0.001).sort(([, one], [, other]) => other - one);
console.log(`\nshifts: ${shifted.map(([path, shift]) => `${path} ${fixed(shift, 3)}`).join(' · ') || 'none'}`);
console.log(
  `slow is 4× CPU, 10 Mbit a second and 40 ms · live run: ${flags.live} s, ${fixed(saidPerSecond, 0)} events a second`,
);
console.log(`tour: ${flags.tour} s · a fixed piece of JavaScript: ${fixed(speed)} ms`);
if (flags.json !== undefined) await writeRun(flags.json, run);
if (flags.check && shown.some(({ name, value, was }) => isBad(name, value, was))) process.exitCode = 1;
