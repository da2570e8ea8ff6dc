import { type Role, roles } from '#store/identity.ts';
import type { Store } from '#store/store.ts';
import { openTestStore } from '#store/testing/open-test-store.ts';
import { Client } from '#wire/client.ts';
import type { Generation } from '#wire/generation.ts';
import { serve } from '#wire/server.ts';
import type { Service } from '#wire/service.ts';
import { homeDomain } from '../identity/domain.ts';
import { createGate, type Gate } from '../identity/grpc-caller.ts';
import { issueAccessToken } from '../identity/tokens.ts';
import { addUser } from '../identity/users.ts';
import { keyOf } from '../secret/master-key.fixture.ts';
import type { MasterKey } from '../secret/master-key.ts';

export const siteNow = Date.UTC(2026, 10, 22, 10);

/** A store with a user of each role, whose services are called over gRPC. */
export interface GrpcSite extends AsyncDisposable {
  readonly store: Store;
  readonly masterKey: MasterKey;
  readonly gate: Gate;
  readonly domain: string;
  /** Serves; the client has the token of that role. */
  client(generation: Generation, services: readonly Service[], role?: Role): Promise<Client>;
}

export async function openSite(): Promise<GrpcSite> {
  await using started = new AsyncDisposableStack();
  const store = started.adopt(await openTestStore(), (open) => open.close());
  const masterKey = await keyOf(1);
  const { id: domain } = await homeDomain(store, siteNow);
  await addUser(store, { domain, kind: 'PERSON', name: 'ann@corp.example', role: 'admin' }, siteNow);
  const tokens = new Map<Role, string>();
  for (const role of roles) {
    const user = await addUser(store, { domain, kind: 'SERVICE', name: role, role }, siteNow);
    tokens.set(role, await issueAccessToken(store, masterKey, user, { generation: 'V2', lifeMs: 3_600_000 }, siteNow));
  }
  const all = started.move();
  return {
    store,
    masterKey,
    gate: createGate(store, () => siteNow),
    domain,
    async client(generation, services, role = 'viewer') {
      const port = await listen(generation, services, all);
      return all.use(new Client({ address: `127.0.0.1:${port}`, tls: false }, { token: tokens.get(role) ?? '' }));
    },
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  };
}

/** @returns the port */
export async function listen(
  generation: Generation,
  services: readonly Service[],
  until: AsyncDisposableStack,
): Promise<number> {
  const stop = new AbortController();
  const common = { generation, services, version: '0', host: '127.0.0.1', port: 0, graceMs: 0 };
  const { port, closed } = await serve({ ...common, signal: stop.signal });
  until.defer(() => {
    stop.abort();
    return closed;
  });
  return port;
}
