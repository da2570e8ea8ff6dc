import { createHash, randomBytes } from 'node:crypto';
import type { SimAccount, SimRole } from './accounts.ts';
import { refuse, type ServiceName } from './errors.ts';
import { type Authorization, type SignedRequest, signatureMatches, signedAtMs } from './sigv4.ts';

/** Who makes a call. */
export interface Principal {
  readonly account: SimAccount;
  readonly arn: string;
  readonly userId: string;
}

/** Credentials that STS hands out. */
export interface Session {
  readonly principal: Principal;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  /** Epoch milliseconds. */
  readonly expiresAtMs: number;
}

const allowedSkewMs = 15 * 60_000;

/** The keys that open the simulated cloud: those of the accounts' users, and the sessions of assumed roles. */
export class Credentials {
  readonly #clock: () => number;
  readonly #users = new Map<string, SimAccount>();
  readonly #sessions = new Map<string, Session>();

  /** @param clock epoch milliseconds: against it go signatures' age and sessions' end */
  constructor(accounts: readonly SimAccount[], clock: () => number) {
    this.#clock = clock;
    for (const account of accounts) this.#users.set(account.accessKeyId, account);
  }

  /** Says who signed a request. @throws ApiError in the service's words if nobody that it knows did */
  authenticate(service: ServiceName, request: SignedRequest, authorization: Authorization): Principal {
    const session = this.#sessions.get(authorization.accessKeyId);
    const user = this.#users.get(authorization.accessKeyId);
    const secret = session?.secretAccessKey ?? user?.secretAccessKey;
    const principal = session?.principal ?? (user && userPrincipal(user));
    if (secret === undefined || principal === undefined) throw refuse(service, 'unknown_key');
    if (!(Math.abs(this.#clock() - signedAtMs(request)) <= allowedSkewMs)) throw refuse(service, 'clock_skew');
    const token = request.headers['x-amz-security-token'];
    if (token !== session?.sessionToken) throw refuse(service, 'bad_session_token');
    if (!signatureMatches(request, authorization, secret)) throw refuse(service, 'bad_signature');
    if (session && session.expiresAtMs <= this.#clock()) throw refuse(service, 'expired_session');
    return principal;
  }

  /** Opens a session of a role. */
  openSession(account: SimAccount, role: SimRole, sessionName: string, durationSeconds: number): Session {
    const roleId = `AROA${fingerprint(`${account.id}/${role.name}`, 17)}`;
    const session: Session = {
      principal: {
        account,
        arn: `arn:aws:sts::${account.id}:assumed-role/${role.name}/${sessionName}`,
        userId: `${roleId}:${sessionName}`,
      },
      accessKeyId: `ASIA${fingerprint(randomBytes(16).toString('hex'), 16)}`,
      secretAccessKey: randomBytes(30).toString('base64'),
      sessionToken: randomBytes(96).toString('base64'),
      expiresAtMs: this.#clock() + durationSeconds * 1000,
    };
    this.#dropLongExpired();
    this.#sessions.set(session.accessKeyId, session);
    return session;
  }

  /** Sessions that ended an hour ago are forgotten: their keys are then unknown, as with AWS. */
  #dropLongExpired(): void {
    const limit = this.#clock() - 3_600_000;
    for (const [key, { expiresAtMs }] of this.#sessions) if (expiresAtMs < limit) this.#sessions.delete(key);
  }
}

function userPrincipal(account: SimAccount): Principal {
  return {
    account,
    arn: `arn:aws:iam::${account.id}:user/${account.name}`,
    userId: `AIDA${fingerprint(account.id, 17)}`,
  };
}

function fingerprint(text: string, length: number): string {
  return createHash('sha256').update(text).digest('hex').toUpperCase().slice(0, length);
}
