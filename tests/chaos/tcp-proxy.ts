import { connect, createServer, type Socket } from 'node:net';

/** What lies between a process and its database, or its cloud. */
export interface TcpProxy {
  readonly port: number;
  /** From now on, requests with this text do not get through, nor does what their clients say after them. */
  hold(text: string): HeldRequests;
  /** Lets nothing through, either way; what is sent meanwhile comes when it goes on. */
  stall(): void;
  goOn(): void;
  close(): Promise<void>;
}

export interface HeldRequests {
  readonly count: number;
  /** Lets them through, and whatever comes after. */
  letGo(): void;
}

/** @param latencyMs that everything takes longer, each way */
export async function startTcpProxy(target: number, latencyMs: number): Promise<TcpProxy> {
  const sockets = new Set<Socket>();
  let isStalled = false;
  const waiting: (() => void)[] = [];
  let held: { readonly text: string; readonly letGo: (() => void)[] } | undefined;

  const pass = (from: Socket, to: Socket) => {
    from.on('data', (chunk: Buffer) => {
      if (held !== undefined && chunk.includes(held.text)) {
        from.pause();
        held.letGo.push(() => {
          if (!to.destroyed) to.write(chunk);
          from.resume();
        });
        return;
      }
      const send = () => {
        if (isStalled) waiting.push(send);
        else if (!to.destroyed) to.write(chunk);
      };
      setTimeout(send, latencyMs);
    });
    from.on('close', () => setTimeout(() => to.destroy(), latencyMs));
    from.on('error', () => to.destroy());
    sockets.add(from);
    from.on('close', () => sockets.delete(from));
  };

  const server = createServer((client) => {
    const database = connect(target, '127.0.0.1');
    pass(client, database);
    pass(database, client);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the proxy has no port');
  return {
    port: address.port,
    hold: (text) => {
      const letGo: (() => void)[] = [];
      held = { text, letGo };
      return {
        get count() {
          return letGo.length;
        },
        letGo: () => {
          held = undefined;
          for (const send of letGo.splice(0)) send();
        },
      };
    },
    stall: () => {
      isStalled = true;
    },
    goOn: () => {
      isStalled = false;
      for (const send of waiting.splice(0)) send();
    },
    close: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
