import { createServer, type IncomingMessage, type ServerResponse, request as send } from 'node:http';

/** The way to a simulated AWS. A plan asks for no metric, so that a run whose metrics are held has begun, and does not end. */
export interface WayToCloud extends AsyncDisposable {
  /** The endpoint of all that is behind it. */
  readonly url: string;
  /** From now on, calls for metrics of this region wait. */
  hold(region: string): void;
  /** Lets through what waits, and all that comes. */
  letGo(): void;
}

/** @param cloud its endpoint */
export async function openWay(cloud: string): Promise<WayToCloud> {
  let held: { readonly region: string; readonly over: PromiseWithResolvers<void> } | undefined;
  const letGo = () => {
    held?.over.resolve();
    held = undefined;
  };
  const server = createServer(async (request, response) => {
    if (held !== undefined && isForMetricsOf(held.region, request)) await held.over.promise;
    // Whoever waited too long has gone.
    if (!response.destroyed) passOn(cloud, request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the way has no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    hold: (region) => {
      letGo();
      held = { region, over: Promise.withResolvers() };
    },
    letGo,
    [Symbol.asyncDispose]: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

function isForMetricsOf(region: string, { headers }: IncomingMessage): boolean {
  const { authorization = '', 'x-amz-target': target = '' } = headers;
  return authorization.includes(`/${region}/monitoring/`) && String(target).endsWith('.GetMetricData');
}

/** As it came: its signature covers its host, too. */
function passOn(cloud: string, request: IncomingMessage, response: ServerResponse): void {
  const { method, url: path, headers } = request;
  const { hostname, port } = new URL(cloud);
  const onward = send({ hostname, port, method, path, headers }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
  });
  onward.on('error', () => response.destroy());
  response.on('close', () => onward.destroy());
  request.pipe(onward);
}
