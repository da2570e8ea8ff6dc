import { fork } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { generate } from '../tools/generate-wire.ts';
import { messagesOf } from './cloud.ts';
import { countMessages } from './stream-client.ts';

/** Where ts-proto's own code goes, with its own Struct. */
export const stockFolder = path.join(import.meta.dirname, '.stock');

/**
 * What streams the messages. `raw`: HTTP/2 that carries the same bytes, one message after the other; `joined`: as many of them
 * to a write as there is room for, as nobody can who still has to make them.
 */
export const Contender = z.enum(['raw', 'joined', 'stock', 'ours']);
export type Contender = z.infer<typeof Contender>;
export const contenders = Contender.options;

const Started = z.object({ port: z.int(), bytes: z.number() });
const Spent = z.object({ cpuSeconds: z.number() });

interface Turn {
  readonly seconds: number;
  /** Of the server, seconds. */
  readonly cpu: number;
}

export interface Streamed {
  readonly bytesPerMessage: number;
  /** Medians of the turns. */
  readonly rates: ReadonlyMap<Contender, { readonly messagesPerSecond: number; readonly cpuMicrosPerMessage: number }>;
  /** How many times the server CPU of the other one takes; the median of turns that follow each other. */
  cpuRatio(one: Contender, other: Contender): number;
}

/**
 * Streams messages as Collector.collect does from servers in processes of their own to a client that reads bytes and decodes
 * nothing, in turns, so that all contenders meet the same load of the machine.
 */
export async function streamBench(messages = 4000, rounds = 9): Promise<Streamed> {
  rmSync(stockFolder, { recursive: true, force: true });
  mkdirSync(stockFolder, { recursive: true });
  generate('v2', stockFolder, 'stock');
  const servers = await Promise.all(contenders.map(startServer));
  try {
    const turns = new Map(contenders.map((contender): [Contender, Turn[]] => [contender, []]));
    for (let round = -2; round < rounds; round++) {
      for (const server of servers) {
        const turn = await takeTurn(server, messages);
        if (round >= 0) turns.get(server.contender)?.push(turn);
      }
    }
    const medianOf = (contender: Contender, of: (turn: Turn) => number) => median((turns.get(contender) ?? []).map(of));
    return {
      bytesPerMessage: servers[0]?.bytesPerMessage ?? 0,
      rates: new Map(
        contenders.map((contender) => [
          contender,
          {
            messagesPerSecond: messages / medianOf(contender, ({ seconds }) => seconds),
            cpuMicrosPerMessage: (1e6 * medianOf(contender, ({ cpu }) => cpu)) / messages,
          },
        ]),
      ),
      cpuRatio: (one, other) =>
        median((turns.get(one) ?? []).map(({ cpu }, round) => cpu / (turns.get(other)?.[round]?.cpu ?? Number.NaN))),
    };
  } finally {
    for (const { stop } of servers) stop();
    rmSync(stockFolder, { recursive: true });
  }
}

interface StreamServer {
  readonly contender: Contender;
  readonly port: number;
  readonly bytesPerMessage: number;
  cpuSeconds(): Promise<number>;
  stop(): void;
}

async function startServer(contender: Contender): Promise<StreamServer> {
  const child = fork(new URL('stream-process.ts', import.meta.url), [contender]);
  const said = messagesOf(child);
  const { port, bytes } = Started.parse((await said.next()).value);
  return {
    contender,
    port,
    bytesPerMessage: bytes,
    async cpuSeconds() {
      child.send('cpu');
      return Spent.parse((await said.next()).value).cpuSeconds;
    },
    stop: () => child.disconnect(),
  };
}

async function takeTurn(server: StreamServer, messages: number): Promise<Turn> {
  const before = await server.cpuSeconds();
  const seconds = await readStream(server, messages);
  return { seconds, cpu: (await server.cpuSeconds()) - before };
}

/** Seconds that a stream takes from the request to its end. @throws Error where messages are missing */
async function readStream({ port }: StreamServer, count: number): Promise<number> {
  const start = performance.now();
  let messages = 0;
  for await (const sofar of countMessages(port, { options: { count } }, { 'x-count': String(count) })) messages = sofar;
  if (messages !== count) throw new Error(`${messages} messages of ${count} came`);
  return (performance.now() - start) / 1000;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}
