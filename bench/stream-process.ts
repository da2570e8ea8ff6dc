/**
 * Streams the same messages in one way, in a process of its own so that it collects no garbage but its own: `stream.ts` starts
 * it. Sends its port, then answers any message with its CPU seconds so far.
 */
import { once } from 'node:events';
import { createServer, type ServerHttp2Stream } from 'node:http2';
import path from 'node:path';
import { CollectorDefinition, ResourceInfo } from '#wire/gen/v2/spaceone/api/inventory/plugin/collector.ts';
import { serve } from '#wire/server.ts';
import { implement } from '#wire/service.ts';
import { Contender, stockFolder } from './stream.ts';
import { framed } from './stream-client.ts';
import { streamMessages } from './stream-messages.ts';

const messages = streamMessages();
const frames = messages.map((message) => framed(ResourceInfo.encode(ResourceInfo.fromPartial(message)).finish()));
const port = await start(Contender.parse(process.argv[2]));

process.on('message', () => {
  const { user, system } = process.cpuUsage();
  process.send?.({ cpuSeconds: (user + system) / 1e6 });
});
process.on('disconnect', () => process.exit());
process.send?.({ port, bytes: frames.reduce((sum, { length }) => sum + length, 0) / frames.length });

async function start(contender: Contender): Promise<number> {
  if (contender === 'ours') return serveGrpc(CollectorDefinition);
  if (contender !== 'stock') return serveRaw(contender === 'raw');
  const stock: { CollectorDefinition: typeof CollectorDefinition } = await import(
    path.join(stockFolder, 'spaceone/api/inventory/plugin/collector.ts')
  );
  return serveGrpc(stock.CollectorDefinition);
}

/** Our server; only the codec differs. */
async function serveGrpc(definition: typeof CollectorDefinition): Promise<number> {
  const service = implement(definition, {
    init: () => ({}),
    verify: () => ({}),
    async *collect({ options }) {
      for (let sent = 0; sent < Number(options?.count); sent++) yield at(messages, sent);
    },
  });
  const signal = new AbortController().signal;
  const common = { generation: 'v2', services: [service], version: '0', host: '127.0.0.1', port: 0 } as const;
  return (await serve({ ...common, signal })).port;
}

/** HTTP/2 with as many bytes, and nothing else. @param singly each message on its way before the next one comes */
async function serveRaw(singly: boolean): Promise<number> {
  const server = createServer();
  server.on('stream', (stream, headers) => void streamFrames(stream, Number(headers['x-count']), singly));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return address.port;
}

async function streamFrames(stream: ServerHttp2Stream, count: number, singly: boolean): Promise<void> {
  stream.respond({ ':status': 200, 'content-type': 'application/grpc' });
  for (let sent = 0; sent < count; sent++) {
    const frame = at(frames, sent);
    if (singly) await new Promise((resolve) => stream.write(frame, resolve));
    else if (!stream.write(frame)) await once(stream, 'drain');
  }
  stream.end();
}

function at<T>(list: readonly T[], index: number): T {
  const item = list[index % list.length];
  if (item === undefined) throw new RangeError('nothing to send');
  return item;
}
