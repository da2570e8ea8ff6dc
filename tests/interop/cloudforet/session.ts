import { type ChildProcess, spawn } from 'node:child_process';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { type PythonClient, pythonOf } from './clients.ts';

const Failure = z.object({
  type: z.string(),
  code: z.string().default(''),
  status: z.string().default(''),
  message: z.string().default(''),
});
const Answer = z.object({ replies: z.array(z.unknown()), error: Failure.optional() });

/** What a call of a Python client came to: messages, and the exception that it ended with. */
export type Answer = z.infer<typeof Answer>;

/** A Python client that is connected to a plugin. */
export interface Session extends Disposable {
  /** One call after the other. `reflection` tells the methods of each service. @param method such as `Collector.init` */
  ask(method: string, params: object): Promise<Answer>;
  /** The one message of a call that must succeed. */
  call(method: string, params: object): Promise<unknown>;
}

export async function openSession(client: PythonClient, address: string): Promise<Session> {
  const python = await pythonOf(client);
  const [script = '', ...args] = client.script;
  const child = spawn(python, [path.join(import.meta.dirname, script), ...args, address], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const ask = async (method: string, params: object): Promise<Answer> => {
    child.stdin.write(`${JSON.stringify({ method, params })}\n`);
    const { value, done } = await lines.next();
    if (done) throw new Error(`${client.name} ended at ${method}`);
    return Answer.parse(JSON.parse(value));
  };
  return {
    ask,
    async call(method, params) {
      const { replies, error } = await ask(method, params);
      if (error !== undefined) throw new Error(`${method}: ${JSON.stringify(error)}`);
      return replies[0];
    },
    [Symbol.dispose]: () => end(child),
  };
}

function end(child: ChildProcess): void {
  child.stdin?.end();
  child.kill();
}
