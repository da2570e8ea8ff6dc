import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { motoPython } from '../../e2e/parts.ts';
import { startProcess } from '../../e2e/run-cli.ts';

export interface MotoServer {
  readonly url: string;
  stop(): Promise<void>;
}

const script = fileURLToPath(new URL('moto_with_a_past.py', import.meta.url));

/** An AWS that nobody here wrote, on a free loopback port. */
export async function startMoto(home: string): Promise<MotoServer> {
  if (motoPython.path === undefined) throw new Error(motoPython.reason);
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const server = startProcess(motoPython.path, [script, '-H', '127.0.0.1', '-p', String(port)], { home });
  await server.saw(/Running on http/);
  return {
    url,
    stop: async () => {
      await server.stop();
    },
  };
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer().once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() =>
        typeof address === 'object' && address !== null ? resolve(address.port) : reject(new Error('no free port')),
      );
    });
  });
}
