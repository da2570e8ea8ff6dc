import type { SigningKey } from './jwt.ts';
import { signingKey } from './jwt.ts';

/** A user of the old generation: what it may do is looked up, not written in its token. */
export interface User {
  /** `service.Resource.verb`, with `*` for anything. */
  readonly permissions: readonly string[];
}

/** A client of today's generation, by its secret's `jti`. */
export interface App {
  readonly enabled: boolean;
  /** Beginnings of `service:Resource.verb`; none for all that its role may. */
  readonly permissions: readonly string[];
}

/** Whom Identity knows. */
export interface Directory {
  readonly domainId: string;
  readonly users: ReadonlyMap<string, User>;
  readonly apps: ReadonlyMap<string, App>;
  keyOf(domainId: string): SigningKey | undefined;
}

export const rootDomainId = 'domain-root';

export const userIds = { collector: 'collector@example.com', nobody: 'nobody@example.com' } as const;

export const clientIds = {
  app: 'client-collector',
  workspaceApp: 'client-workspace',
  inventoryOnly: 'client-inventory-only',
  disabledApp: 'client-disabled',
} as const;

export function makeDirectory(domainId: string): Directory {
  return {
    domainId,
    users: new Map<string, User>([
      [userIds.collector, { permissions: ['*'] }],
      [userIds.nobody, { permissions: ['identity.User.get', 'identity.User.update'] }],
    ]),
    apps: new Map<string, App>([
      [clientIds.app, { enabled: true, permissions: [] }],
      [clientIds.workspaceApp, { enabled: true, permissions: [] }],
      [clientIds.inventoryOnly, { enabled: true, permissions: ['inventory:CloudService.read'] }],
      [clientIds.disabledApp, { enabled: false, permissions: [] }],
    ]),
    keyOf: (id) => (id === domainId || id === rootDomainId ? signingKey(id) : undefined),
  };
}
