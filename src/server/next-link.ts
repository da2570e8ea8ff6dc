import type { FastifyReply, FastifyRequest } from 'fastify';

/** Says where the next page is (RFC 8288): the address of this one with another cursor. */
export function linkNext({ url }: FastifyRequest, reply: FastifyReply, cursor: string | undefined): void {
  if (cursor === undefined) return;
  const [path = '', query = ''] = url.split('?');
  const params = new URLSearchParams(query);
  params.set('cursor', cursor);
  reply.header('link', `<${path}?${params}>; rel="next"`);
}
