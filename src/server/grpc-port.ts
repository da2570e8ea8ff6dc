import type { Server, Socket } from 'node:net';

/** How every connection of HTTP/2 begins that has not asked for it first (RFC 9113, 3.4); no method of HTTP/1.1 does. */
const preface = Buffer.from('PRI * HTTP/2.0');

/**
 * Sorts a server's connections by their first bytes: HTTP/2, which is gRPC here, goes elsewhere, and all others where they
 * went before. Who says nothing for too long is cut.
 *
 * @param server of HTTP/1.1, not yet listening
 * @returns cuts those who have said nothing yet
 */
export function sortConnections(server: Server, toHttp2: (socket: Socket) => void, patienceMs: number): () => void {
  const silent = new Set<Socket>();
  const listeners = server.listeners('connection');
  server.removeAllListeners('connection');
  const toHttp1 = (socket: Socket) => {
    for (const listener of listeners) listener.call(server, socket);
  };
  server.on('connection', (socket: Socket) => {
    const cut = () => socket.destroy();
    const timer = setTimeout(cut, patienceMs);
    silent.add(socket);
    const done = () => {
      clearTimeout(timer);
      silent.delete(socket);
      socket.off('readable', sort).off('error', cut).off('close', done);
    };
    let read = Buffer.alloc(0);
    const sort = () => {
      const bytes: unknown = socket.read();
      if (!Buffer.isBuffer(bytes)) return;
      read = Buffer.concat([read, bytes]);
      const seen = read.subarray(0, preface.length);
      const couldBe = preface.subarray(0, seen.length).equals(seen);
      if (couldBe && seen.length < preface.length) return;
      done();
      socket.unshift(read);
      if (couldBe) toHttp2(socket);
      else toHttp1(socket);
    };
    socket.on('readable', sort).on('error', cut).on('close', done);
  });
  return () => {
    for (const socket of silent) socket.destroy();
  };
}
