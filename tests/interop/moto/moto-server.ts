import { fileURLToPath } from 'node:url';
import { motoPython } from '../../e2e/parts.ts';
import { startProcess } from '../../e2e/run-cli.ts';

export interface MotoServer {
  readonly url: string;
  stop(): Promise<void>;
}

const script = fileURLToPath(new URL('moto_with_a_past.py', import.meta.url));

/** An AWS that nobody here wrote, on a loopback port that it finds by itself. */
export async function startMoto(home: string): Promise<MotoServer> {
  if (motoPython.path === undefined) throw new Error(motoPython.reason);
  const server = startProcess(motoPython.path, [script, '-H', '127.0.0.1', '-p', '0'], { home });
  const [, url = ''] = await server.saw(/Running on (http:\/\/[\d.:]+)\s/);
  return {
    url,
    stop: async () => {
      await server.stop();
    },
  };
}
