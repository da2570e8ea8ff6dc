import { setTimeout as wait } from 'node:timers/promises';
import { CollectError } from '#model/errors.ts';
import { CollectorDefinition, ResourceInfo_State } from './gen/v2/spaceone/api/inventory/plugin/collector.ts';
import type { Call } from './serve-method.ts';
import { type Listening, type ServeOptions, serve } from './server.ts';
import { implement } from './service.ts';

/** What the last streams of a `testCollector` went through. */
export interface Seen {
  sent: number;
  aborted: boolean;
  calls: Call[];
}

/** A collector that does as its options say: `count` messages of `size` characters, then perhaps `fail` or `hang`. */
export function testCollector(seen: Seen) {
  return implement(CollectorDefinition, {
    init: ({ options }, call) => {
      seen.calls.push(call);
      return { metadata: { echo: options, supported_schedules: ['hours'] } };
    },
    verify: async ({ options }, { signal }) => {
      signal.addEventListener('abort', () => {
        seen.aborted = true;
      });
      if (options?.hang === true) await wait(60_000, undefined, { signal });
      if (options?.fail === 'unexpected') throw new Error('password is hunter2');
      if (options?.fail === 'denied') throw new CollectError('access_denied', 'No leave to look.');
      return {};
    },
    async *collect({ options }, { signal }) {
      signal.addEventListener('abort', () => {
        seen.aborted = true;
      });
      for (let index = 0; index < Number(options?.count ?? 0); index++) {
        seen.sent++;
        const resource = { name: `server-${index}`, text: 'x'.repeat(Number(options?.size ?? 0)) };
        yield { state: ResourceInfo_State.SUCCESS, resource_type: 'inventory.CloudService', resource };
      }
      if (options?.hang === true) await wait(60_000, undefined, { signal });
      if (options?.fail === true) throw new CollectError('secret_rejected', 'The key is of no account.');
    },
  });
}

export function serveTestCollector(
  seen: Seen,
  options: Partial<ServeOptions> & { signal: AbortSignal },
): Promise<Listening> {
  return serve({
    generation: 'v2',
    services: [testCollector(seen)],
    version: '9.9.9',
    host: '127.0.0.1',
    port: 0,
    graceMs: 500,
    ...options,
  });
}
