/**
 * How fast replies become day cells, days become records, and records are merged; against the same data once through
 * `JSON.parse(JSON.stringify(…))`, timed in turn. Run: `node bench/fold.bench.ts`
 */
import { foldBench } from './fold.ts';
import { count, fixed, table } from './show.ts';

const rates = await foldBench();
console.log(
  table([
    [process.version, 'per second', 'of JSON'],
    ...rates.map(({ name, perSecond, ratio }) => [name, count(perSecond), `${fixed(ratio, 2)} ×`]),
  ]),
);
