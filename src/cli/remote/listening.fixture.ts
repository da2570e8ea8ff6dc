import { createServer, type RequestListener } from 'node:http';
import { onTestFinished } from 'vitest';

/** Answers, or does not, until the test has ended. @returns where */
export async function listening(answer: RequestListener): Promise<string> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/`;
}

/** In front of a server, and in its place where `instead` answers. */
export function inFrontOf(url: string, instead: (...asked: Parameters<RequestListener>) => boolean): Promise<string> {
  return listening(async (request, response) => {
    if (instead(request, response)) return;
    const body = Buffer.concat(await request.toArray());
    const answer = await fetch(new URL(request.url ?? '', url), {
      method: request.method ?? 'GET',
      ...(body.length === 0 ? {} : { body, headers: { 'content-type': 'application/json' } }),
    });
    response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? '' });
    response.end(Buffer.from(await answer.arrayBuffer()));
  });
}
