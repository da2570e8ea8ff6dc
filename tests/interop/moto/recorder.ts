import { createServer, type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http';

/** One request to AWS, as it went over the wire. */
export interface Recorded {
  /** `GetMetricData`, `AssumeRole`, … */
  readonly action: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly body: string;
}

/** A proxy in front of an AWS that writes down what is asked. */
export interface Recorder {
  readonly url: string;
  readonly requests: readonly Recorded[];
  count(action: string): number;
  clear(): void;
  stop(): Promise<void>;
}

export async function startRecorder(target: string): Promise<Recorder> {
  const requests: Recorded[] = [];
  const server = createServer((incoming, outgoing) => {
    void readBody(incoming).then((body) => {
      requests.push(recordOf(incoming.headers, body));
      const { method, url, headers } = incoming;
      const forwarded = request(new URL(url ?? '/', target), { method, headers }, (reply) => {
        outgoing.writeHead(reply.statusCode ?? 502, reply.headers);
        reply.pipe(outgoing);
      });
      forwarded.on('error', () => outgoing.destroy());
      forwarded.end(body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address !== 'object') throw new Error('the recorder has no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    requests,
    count: (action) => requests.filter((each) => each.action === action).length,
    clear: () => {
      requests.length = 0;
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function readBody(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) if (Buffer.isBuffer(chunk)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** Who asks where is in the signature: `Credential=<key>/<date>/<region>/<service>/aws4_request`. */
function recordOf(headers: IncomingHttpHeaders, body: Buffer): Recorded {
  const text = body.toString('utf8');
  const target = headers['x-amz-target'];
  const [, accessKeyId = '', region = ''] =
    /Credential=([^/]+)\/\d+\/([^/]+)\//.exec(headers.authorization ?? '') ?? [];
  const action =
    typeof target === 'string' ? target.replace(/^.*\./, '') : (new URLSearchParams(text).get('Action') ?? '');
  return { action, region, accessKeyId, body: text };
}
