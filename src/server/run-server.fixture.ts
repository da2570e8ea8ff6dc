import { onTestFinished } from 'vitest';
import { account, keys, worldNow } from '#providers/aws/testing-fleet.fixture.ts';
import type { AwsCloudOptions } from '../demo/aws/server.ts';
import { openWorkshop, type Workshop } from '../jobs/workshop.fixture.ts';
import { addUsers, openServer, type Told, type Users } from './auth-server.fixture.ts';

export { account };

export interface RunServer {
  readonly workshop: Workshop;
  readonly keys: Users['keys'];
  /** What the server reported. */
  readonly reported: readonly Error[];
  /** As an admin, or whose key is given. */
  ask(method: string, path: string, body?: unknown, bearer?: string): Promise<Told>;
  /** What opens the simulated cloud. */
  readonly secret: { readonly from: typeof keys; readonly endpoint: string };
}

/** A server that begins runs, on a store where the account `prod` of a simulated AWS is saved. */
export async function openRunServer(cloud: AwsCloudOptions = {}): Promise<RunServer> {
  const workshop = await openWorkshop(cloud);
  const { store, start } = workshop;
  const users = await addUsers(store);
  const { ask, server, reported } = await openServer({ store, work: start, now: () => worldNow });
  onTestFinished(() => server.close());
  return {
    workshop,
    keys: users.keys,
    reported,
    ask: (method, path, body, bearer = users.keys.admin) =>
      ask(method, `/api${path}`, { bearer, ...(body === undefined ? {} : { body }) }),
    secret: { from: keys, endpoint: workshop.cloud.url },
  };
}
