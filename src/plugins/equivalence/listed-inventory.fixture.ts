import type { Fleet } from '#model/fleet.ts';
import type { Resource } from '#model/resource.ts';
import { serverType } from '#model/resource-type.ts';
import type { CloudServer } from '../../demo/cloudforet/inventory/server.ts';

/** The servers of a fleet as its cloud's own collector writes them into a platform's inventory. */
export async function listedInventory(
  fleet: Fleet,
  of: (server: Resource) => Pick<CloudServer, 'provider' | 'state' | 'instanceId'>,
  secretId: string,
): Promise<CloudServer[]> {
  const { signal } = new AbortController();
  const regions = await fleet.regions(signal);
  const servers: CloudServer[] = [];
  for (const region of regions) {
    for await (const page of fleet.resources(region, [serverType], signal)) {
      for (const server of page) servers.push({ ...recordOf(server), ...of(server), secretId });
    }
  }
  return servers;
}

function recordOf({ account, region, id, name, instanceType, vcpus, constants, tags }: Resource) {
  const memory = constants['memory.total'];
  return {
    account,
    region,
    resourceId: id,
    name,
    instanceType,
    tags,
    ...(vcpus === undefined ? {} : { cores: vcpus }),
    ...(memory === undefined ? {} : { memoryGib: memory / 2 ** 30 }),
  };
}
