import { CollectError } from '#model/errors.ts';
import { type Role, roles, type User } from '#store/identity.ts';
import type { Store } from '#store/store.ts';
import type { Call } from '#wire/serve-method.ts';
import { userOfBearer } from './bearer.ts';
import { homeDomain } from './domain.ts';

/** Who calls a method of ours over gRPC. */
export interface Caller {
  readonly user: User;
  readonly domainId: string;
}

type Method<Request, Response> = (request: Request, call: Call) => Promise<Response>;

/** Makes methods that only those may call whose token says so: the metadata `token`, as both generations send it. */
export interface Gate {
  /** Of the one domain of this installation. */
  domainId(): Promise<string>;
  /** A method for those with this role, or a stronger one. */
  method<Request extends object, Response>(
    role: Role,
    handler: (request: Request, caller: Caller, call: Call) => Promise<Response> | Response,
  ): Method<Request, Response>;
}

/**
 * A token is good if it is signed by us, in time, not revoked, and of somebody who is enabled. A request of the first
 * generation names its domain too: another than the token's is refused.
 *
 * @param now epoch milliseconds
 */
export function createGate(store: Store, now: () => number): Gate {
  let home: string | undefined;
  const domainId = async () => {
    home ??= (await homeDomain(store, now())).id;
    return home;
  };
  return {
    domainId,
    method: (role, handler) => async (request, call) => {
      const domain = await domainId();
      const token = call.metadata.get('token') ?? '';
      const user = token === '' ? undefined : await userOfBearer(store, domain, token, now());
      if (user === undefined) throw unauthenticated(token);
      if (roles.indexOf(user.role) < roles.indexOf(role)) throw denied(`this takes the role ${role}`);
      if (isOfAnother(request, domain)) throw denied("this is not the token's domain");
      return handler(request, { user, domainId: domain }, call);
    },
  };
}

function isOfAnother(request: object, domain: string): boolean {
  return 'domain_id' in request && request.domain_id !== '' && request.domain_id !== domain;
}

function unauthenticated(token: string): CollectError {
  const reason = token === '' ? 'Empty token provided.' : 'Token is invalid or expired.';
  return new CollectError('secret_rejected', `Authenticate failure. (message = ${reason})`);
}

function denied(reason: string): CollectError {
  return new CollectError('access_denied', `Permission denied: ${reason}.`);
}
