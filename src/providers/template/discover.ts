import type { Resource, ResourceState } from '#model/resource.ts';
import type { Ask, ServerRow } from './ask.ts';
import { resourceTypes } from './catalog.ts';

const [servers] = resourceTypes;

/** All servers, page by page. @throws CollectError */
export async function* listServers(ask: Ask, account: string, signal: AbortSignal): AsyncGenerator<Resource[]> {
  let page: string | undefined = '';
  do {
    const reply: Awaited<ReturnType<Ask['servers']>> = await ask.servers(page, signal);
    yield reply.servers.map((row) => serverOf(row, account));
    page = reply.next;
  } while (page !== undefined);
}

const states: Readonly<Record<ServerRow['state'], ResourceState>> = {
  running: 'RUNNING',
  stopped: 'STOPPED',
  deleted: 'TERMINATED',
};

function serverOf({ id, name, region, type, state, vcpus, created }: ServerRow, account: string): Resource {
  return {
    provider: 'template_cloud',
    group: servers.group,
    type: servers.type,
    account,
    region,
    id,
    name,
    state: states[state],
    instanceType: type,
    vcpus,
    createdAt: created,
    metrics: servers.metrics,
    tags: {},
    constants: {},
  };
}
