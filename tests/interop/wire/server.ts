/** The server that smoke.py calls: `node server.ts v1|v2`. Prints its port; ends with its standard input. */
import { CollectorDefinition as CollectorV1 } from '#wire/gen/v1/spaceone/api/inventory/plugin/collector.ts';
import { CollectorDefinition as CollectorV2 } from '#wire/gen/v2/spaceone/api/inventory/plugin/collector.ts';

import { requiredParameter } from '#wire/platform-error.ts';
import type { Handlers } from '#wire/serve-method.ts';
import { serve } from '#wire/server.ts';
import { implement } from '#wire/service.ts';

const handlers: Handlers<typeof CollectorV1> & Handlers<typeof CollectorV2> = {
  init: ({ options }) => ({ metadata: { echo: options, supported_schedules: ['hours'], number: 4 } }),
  verify: ({ secret_data }) => {
    if (secret_data?.api_key === undefined) throw requiredParameter('secret_data.api_key');
    return {};
  },
  async *collect({ options }) {
    for (let index = 0; index < Number(options?.count ?? 3); index++) {
      const match_rules = { 1: ['reference.resource_id'] };
      yield { state: 4, resource_type: 'inventory.CloudService', match_rules, resource: { name: `server-${index}` } };
    }
    if (options?.fail === true) throw new Error('a text that nobody may see');
  },
};

const stop = new AbortController();
process.stdin.resume().on('end', () => stop.abort());

const v1 = process.argv[2] === 'v1';
const { port, closed } = await serve({
  generation: v1 ? 'v1' : 'v2',
  services: [v1 ? implement(CollectorV1, handlers) : implement(CollectorV2, handlers)],
  version: '9.9.9',
  host: '127.0.0.1',
  port: 0,
  signal: stop.signal,
});
console.log(port);
await closed;
