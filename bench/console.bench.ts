/**
 * The console's budgets with a list of 100,000 servers, in a real Chromium: what was measured, and the limit. Tells, and never
 * fails: the machine decides, too. Run: `node bench/console.bench.ts [rows]`; the browser is at /usr/bin/chromium unless
 * CHROMIUM says otherwise.
 */
import { benchConsole } from './console.ts';
import { atLeast, count, fixed, mark, table } from './show.ts';

const rows = Number(process.argv[2] ?? 100_000);
const { size, list, visit, live, outside } = await benchConsole(rows);
const most = (name: string, value: number, limit: number, digits = 0) => [
  name,
  fixed(value, digits),
  mark(value, limit),
];
console.log(
  table([
    [`console, ${count(rows)} servers`, process.version, 'limit'],
    most('first load, scripts, KB gzip', size.firstScripts / 1000, 210, 1),
    most('first load, styles, KB gzip', size.firstStyles / 1000, 25, 1),
    most('first load, requests', size.firstRequests, 12),
    most('largest script loaded later, KB gzip', size.largestChunk / 1000, 60, 1),
    most('whole console, KB gzip', size.whole / 1000, 380, 1),
    most('largest contentful paint, ms', visit.largestPaint, 1000),
    most(`interaction to next paint of ${visit.interactions}, p95, ms`, visit.interactionP95, 100),
    most('cumulative layout shift, worst page', visit.shiftMax, 0.02, 3),
    ['scrolling, frames a second', fixed(list.framesPerSecond), atLeast(list.framesPerSecond, 55)],
    most('scrolling, frame p95, ms', list.frameP95, 20, 1),
    ['jump to the middle and the end, ms', fixed(list.jumpMax, 0), ''],
    most('row nodes', list.mostRowNodes, 45),
    most('key to new rows painted, p95, ms', list.keyP95, 250),
    most('sort, p95, ms', list.sortP95, 300),
    most('a server beside the list, ms', list.peek, 150),
    most('live run, longest task, ms', live.longestTask, 50),
    most('live run, heap growth, MB', live.heapGrowthMB, 5, 1),
    most('heap after a tour, MB', visit.heapMB, 120, 1),
    most('export, first byte, ms', outside.exportFirstByte, 500),
    most(`export of ${count(rows)} as CSV, ms`, outside.export, 5000),
    most('fleetgauge --help, ms', outside.cliHelp, 150),
    most('fleetgauge server list, ms', outside.cliList, 300),
  ]),
);
