/**
 * How long a person waits at a list of 100,000 servers, in a real Chromium. Tells, and never fails. Run:
 * `node bench/console.bench.ts [rows]`; the browser is at /usr/bin/chromium unless CHROMIUM says otherwise.
 */
import { benchConsole } from './console.ts';
import { atLeast, count, fixed, mark, table } from './show.ts';

const rows = Number(process.argv[2] ?? 100_000);
const figures = await benchConsole(rows);
console.log(
  table([
    [`console, ${count(rows)} servers`, process.version, 'limit'],
    ['key to new rows painted, p95, ms', fixed(figures.keyP95, 0), mark(figures.keyP95, 250)],
    ['sort, p95, ms', fixed(figures.sortP95, 0), mark(figures.sortP95, 300)],
    ['scrolling, frames a second', fixed(figures.framesPerSecond), atLeast(figures.framesPerSecond, 55)],
    ['scrolling, frame p95, ms', fixed(figures.frameP95), mark(figures.frameP95, 20)],
    ['jump to the middle and the end, ms', fixed(figures.jumpMax, 0), ''],
    ['row nodes', count(figures.mostRowNodes), mark(figures.mostRowNodes, 45)],
    ['first scripts, KB gzip', fixed(figures.scriptBytes / 1000), mark(figures.scriptBytes / 1000, 210)],
  ]),
);
