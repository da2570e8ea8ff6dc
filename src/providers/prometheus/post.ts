import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { basicCredentials, type PrometheusSecret } from './secret.ts';

export interface PostReply {
  readonly status: number;
  readonly retryAfter: string | undefined;
  readonly body: string;
}

/** Sends a form to a path below the base URL, with the secret's headers and certificates. Follows no redirect. */
export interface Post {
  send(path: string, form: URLSearchParams, signal: AbortSignal): Promise<PostReply>;
  close(): void;
}

/** Over `node:http(s)`: `fetch` takes neither a client certificate nor an authority of one's own. */
export function createPost({ url, auth, headers, tls }: PrometheusSecret): Post {
  const base = url.replace(/\/+$/, '');
  const options = { keepAlive: true, maxSockets: 8 };
  const isPlain = new URL(url).protocol === 'http:';
  const agent = isPlain ? new HttpAgent(options) : new HttpsAgent({ ...options, ...tls });
  const request = isPlain ? httpRequest : httpsRequest;
  const sent = {
    ...headers,
    ...authorization(auth),
    'content-type': 'application/x-www-form-urlencoded',
    'accept-encoding': 'gzip',
  };
  return {
    send: (path, form, signal) =>
      new Promise((resolve, reject) => {
        const outgoing = request(`${base}${path}`, { method: 'POST', agent, headers: sent, signal }, (reply) => {
          readText(reply).then(
            (body) => resolve({ status: reply.statusCode ?? 0, retryAfter: reply.headers['retry-after'], body }),
            reject,
          );
        });
        outgoing.once('error', reject);
        outgoing.end(form.toString());
      }),
    close: () => agent.destroy(),
  };
}

function authorization(auth: PrometheusSecret['auth']): { authorization?: string } {
  switch (auth.kind) {
    case 'none':
      return {};
    case 'basic':
      return { authorization: `Basic ${basicCredentials(auth)}` };
    case 'bearer':
      return { authorization: `Bearer ${auth.token}` };
  }
}

async function readText(reply: IncomingMessage): Promise<string> {
  const isPacked = reply.headers['content-encoding'] === 'gzip';
  const chunks: Buffer[] = [];
  for await (const chunk of isPacked ? pipeline(reply, createGunzip(), () => {}) : reply) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}
