import { existsSync } from 'node:fs';
import { join } from 'node:path';
import staticFiles from '@fastify/static';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { CollectError } from '#model/errors.ts';
import { sendError } from './http-errors.ts';

/** The console draws this whatever the path; the router in the browser knows the page. */
const page = 'index.html';

/**
 * Serves the built console, and its page for every path that could be one of the console's own.
 *
 * @param folder what `npm run build -w console` made; where it is not there, a reader is told so
 */
export async function consoleFiles(app: FastifyInstance, folder: string): Promise<void> {
  const isBuilt = existsSync(join(folder, page));
  if (isBuilt) {
    await app.register(staticFiles, {
      root: folder,
      index: page,
      cacheControl: false,
      dotfiles: 'ignore',
      setHeaders: (reply, path) => {
        reply.header('cache-control', isHashed(path) ? 'public, max-age=31536000, immutable' : 'no-cache');
      },
    });
  }
  app.setNotFoundHandler((request, reply) => {
    if (!isPage(request)) return sendError(nothingHere(request), reply);
    return isBuilt ? reply.sendFile(page) : sendNotBuilt(reply);
  });
}

/** Vite puts a hash of its content into the name of all that it puts into `assets/`. */
function isHashed(path: string): boolean {
  return /[\\/]assets[\\/][^\\/]+$/.test(path);
}

function isPage({ method, url }: FastifyRequest): boolean {
  const [path = '/'] = url.split('?');
  return (method === 'GET' || method === 'HEAD') && !/^\/api(\/|$)/.test(path) && !/\.[^/]*$/.test(path);
}

function nothingHere({ method, url }: FastifyRequest): CollectError {
  return new CollectError('not_found', 'there is nothing at this address', { where: `${method} ${url}` });
}

function sendNotBuilt(reply: FastifyReply): FastifyReply {
  return reply
    .code(503)
    .type('text/plain; charset=utf-8')
    .send('The console is not built yet. Run: npm run build -w console\nThe API is at /api/status.\n');
}
