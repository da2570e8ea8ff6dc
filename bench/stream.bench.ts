/**
 * How fast Collector.collect streams, and what a message costs the server: against raw HTTP/2 that carries the same bytes, and
 * against ts-proto's own codec on the same server. Run: `node bench/stream.bench.ts [messages a turn]`; 4,000 unless told.
 */
import { limits } from './limits.ts';
import { atLeast, count, fixed, mark, table } from './show.ts';
import { contenders, streamBench } from './stream.ts';

const { bytesPerMessage, rates, cpuRatio } = await streamBench(
  process.argv[2] === undefined ? undefined : Number(process.argv[2]),
);
const names = {
  raw: 'raw HTTP/2, message by message',
  joined: 'raw HTTP/2, messages joined',
  stock: "gRPC, ts-proto's codec",
  ours: 'gRPC, our codec',
} as const;
const rows = contenders.map((contender) => {
  const { messagesPerSecond = Number.NaN, cpuMicrosPerMessage } = rates.get(contender) ?? {};
  const mebibytes = (messagesPerSecond * bytesPerMessage) / 2 ** 20;
  return [names[contender], count(messagesPerSecond), fixed(mebibytes), fixed(cpuMicrosPerMessage)];
});
const [ofRaw, ofJoined, ofStock] = [cpuRatio('ours', 'raw'), cpuRatio('ours', 'joined'), cpuRatio('stock', 'ours')];
console.log(`${process.version}, ${count(bytesPerMessage)} bytes a message, medians of turns`);
console.log(table([['', 'messages /s', 'MiB /s', 'server CPU, µs a message'], ...rows]));
console.log(
  table([
    ["CPU of ours against raw HTTP/2's", `${fixed(ofRaw, 2)} ×`, mark(ofRaw, limits.streamCpuOfRaw)],
    ['  where that may join messages', `${fixed(ofJoined, 2)} ×`, 'not judged'],
    ["CPU of ts-proto's codec against ours", `${fixed(ofStock, 2)} ×`, atLeast(ofStock, limits.stockCpu)],
  ]),
);
