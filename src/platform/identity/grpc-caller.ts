import { CollectError } from '#model/errors.ts';
import { type Role, roles, type User } from '#store/identity.ts';
import type { Store } from '#store/store.ts';
import type { Call } from '#wire/serve-method.ts';
import { type AuditAction, outcomeOf, recordAudit } from '../audit/audit.ts';
import { Refusals } from '../audit/refusals.ts';
import { userOfBearer } from './bearer.ts';
import { homeDomain } from './domain.ts';

/** Who calls a method of ours over gRPC. */
export interface Caller {
  readonly user: User;
  readonly domainId: string;
}

type Method<Request, Response> = (request: Request, call: Call) => Promise<Response>;

/** What a method changes, for the log of who did what. */
interface Change<Request> {
  readonly role: Role;
  readonly action: AuditAction;
  readonly target: (request: Request) => string;
  /** Each that is done is told elsewhere: only who was refused is written down. */
  readonly isToldElsewhere?: true;
}

/** Makes methods that only those may call whose token says so: the metadata `token`, as both generations send it. */
export interface Gate {
  /** Of the one domain of this installation. */
  domainId(): Promise<string>;
  /** A method for those with this role, or a stronger one. */
  method<Request extends object, Response>(
    role: Role,
    handler: (request: Request, caller: Caller, call: Call) => Promise<Response> | Response,
  ): Method<Request, Response>;
  /** The same for one that changes something: who did, or was refused for the first time in a minute, is written down before it is answered. */
  change<Request extends object, Response>(
    change: Change<Request>,
    handler: (request: Request, caller: Caller, call: Call) => Promise<Response>,
  ): Method<Request, Response>;
}

/**
 * A token is good if it is signed by us, in time, not revoked, and of somebody who is enabled. A request of the first
 * generation names its domain too: another than the token's is refused.
 *
 * @param now epoch milliseconds
 */
export function createGate(store: Store, now: () => number): Gate {
  const refusals = new Refusals();
  let home: string | undefined;
  const domainId = async () => {
    home ??= (await homeDomain(store, now())).id;
    return home;
  };
  const userOf = async (call: Call, domain: string) => {
    const token = tokenOf(call);
    return token === '' ? undefined : userOfBearer(store, domain, token, now());
  };
  return {
    domainId,
    method: (role, handler) => async (request, call) => {
      const domain = await domainId();
      return handler(request, admit(await userOf(call, domain), { role, domain, request, call }), call);
    },
    change:
      ({ role, action, target, isToldElsewhere }, handler) =>
      async (request, call) => {
        const domain = await domainId();
        const user = await userOf(call, domain);
        const who = user === undefined ? { actor: 'nobody' } : { actor: user.name, actorId: user.id };
        const event = { ...who, from: addressOf(call), action, target: target(request) };
        const work = async () => handler(request, admit(user, { role, domain, request, call }), call);
        const answer = await work().catch(async (caught: unknown) => {
          const error = CollectError.from(caught);
          const outcome = outcomeOf(error);
          const isKnown = outcome === 'refused' && !refusals.isNew(event.from, `${who.actor} ${action}`, now());
          if (outcome !== undefined && !isKnown)
            await recordAudit(store, { ...event, outcome, detail: { code: error.code } }, now());
          throw caught;
        });
        if (isToldElsewhere !== true) await recordAudit(store, { ...event, outcome: 'ok' }, now());
        return answer;
      },
  };
}

/** Where a call came from, without the port. */
export function addressOf({ peer }: Call): string {
  return peer.replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1');
}

interface Asked {
  readonly role: Role;
  readonly domain: string;
  readonly request: object;
  readonly call: Call;
}

/** @throws CollectError `secret_rejected` for nobody we know; `access_denied` for another role or domain */
function admit(user: User | undefined, { role, domain, request, call }: Asked): Caller {
  if (user === undefined) throw unauthenticated(tokenOf(call));
  if (roles.indexOf(user.role) < roles.indexOf(role)) throw denied(`this takes the role ${role}`);
  if (isOfAnother(request, domain)) throw denied("this is not the token's domain");
  return { user, domainId: domain };
}

function tokenOf({ metadata }: Call): string {
  return metadata.get('token') ?? '';
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
