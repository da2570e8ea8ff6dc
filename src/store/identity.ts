/** Weakest first: each may do all that those before it may. */
export const roles = ['viewer', 'operator', 'admin'] as const;
export type Role = (typeof roles)[number];

export const userKinds = ['PERSON', 'SERVICE'] as const;
export type UserKind = (typeof userKinds)[number];

export const userStates = ['ENABLED', 'DISABLED'] as const;
export type UserState = (typeof userStates)[number];

/** A tenant: users, keys and tokens belong to one, and are nothing to another. */
export interface Domain {
  /** `domain-` and twelve hex digits. */
  readonly id: string;
  /** Unique in the store. */
  readonly name: string;
  readonly createdAt: number;
}

/** Who somebody is at an OpenID provider. */
export interface ExternalId {
  readonly issuer: string;
  readonly subject: string;
}

export interface UserDraft {
  /** `user-` and twelve hex digits. */
  readonly id: string;
  readonly domain: string;
  readonly kind: UserKind;
  /** Unique in the domain: a person's email in lower case, or what a service account is called. */
  readonly name: string;
  readonly role: Role;
  /** A hash, never a password. */
  readonly password?: string;
  readonly external?: ExternalId;
}

/** A user as it may be shown. */
export interface User extends Omit<UserDraft, 'password'> {
  readonly state: UserState;
  readonly hasPassword: boolean;
  readonly createdAt: number;
  readonly lastLoginAt?: number;
}

/** What may change of a user. */
export interface UserChange {
  readonly role?: Role;
  readonly state?: UserState;
  /** A hash. */
  readonly password?: string;
  readonly external?: ExternalId;
  readonly lastLoginAt?: number;
}

/** `OPAQUE` is for our HTTP API, the others are JWTs as the two generations of Cloudforet know them. */
export const apiKeyForms = ['OPAQUE', 'V1', 'V2'] as const;
export type ApiKeyForm = (typeof apiKeyForms)[number];

export interface ApiKeyDraft {
  /** `key-` and twelve hex digits. */
  readonly id: string;
  /** `user.id` */
  readonly owner: string;
  readonly name: string;
  readonly form: ApiKeyForm;
  /** Absent where it holds until it is revoked. */
  readonly expiresAt?: number;
}

/** An API key as it may be shown; the key itself is stored nowhere. */
export interface ApiKey extends ApiKeyDraft {
  readonly createdAt: number;
  readonly lastUsedAt?: number;
}

export interface Session {
  /** `user.id` */
  readonly owner: string;
  readonly createdAt: number;
  readonly lastSeenAt: number;
}

export interface SigningKey {
  /** `kid` */
  readonly id: string;
  readonly domain: string;
  /** A public JWK, as JSON. */
  readonly publicJwk: string;
  readonly createdAt: number;
  /** Signs nothing from then on, and its private part is gone. */
  readonly retiredAt?: number;
}

/** Failed sign-ins of one account or address. */
export interface LoginAttempts {
  readonly count: number;
  readonly lastAt: number;
}

/** Domains, users, and what they sign in with. Hashes are SHA-256 of random secrets. */
export interface IdentityStore {
  /** Makes the domain unless there is one of this name. @returns the one that there is */
  addDomain(domain: Domain): Promise<Domain>;

  /** @throws CollectError `conflict` where the name is taken in the domain */
  addUser(draft: UserDraft, now: number): Promise<User>;
  /** By name. */
  users(domain: string): Promise<readonly User[]>;
  hasUsers(): Promise<boolean>;
  user(id: string): Promise<User | undefined>;
  userNamed(domain: string, name: string): Promise<User | undefined>;
  userOf(domain: string, external: ExternalId): Promise<User | undefined>;
  passwordOf(user: string): Promise<string | undefined>;
  /** @throws CollectError `not_found` */
  changeUser(id: string, change: UserChange): Promise<User>;

  addApiKey(draft: ApiKeyDraft, hash: Uint8Array, now: number): Promise<ApiKey>;
  /** Newest first. */
  apiKeys(owner: string): Promise<readonly ApiKey[]>;
  apiKey(id: string): Promise<{ readonly key: ApiKey; readonly hash: Uint8Array } | undefined>;
  touchApiKey(id: string, now: number): Promise<void>;
  /** @throws CollectError `not_found` */
  removeApiKey(id: string): Promise<void>;

  addSession(hash: Uint8Array, owner: string, now: number): Promise<void>;
  session(hash: Uint8Array): Promise<Session | undefined>;
  touchSession(hash: Uint8Array, now: number): Promise<void>;
  removeSession(hash: Uint8Array): Promise<void>;
  removeSessionsOf(owner: string): Promise<void>;
  /** Removes those that began, or were last seen, before these times. */
  removeSessionsBefore(times: { readonly createdAt: number; readonly lastSeenAt: number }): Promise<void>;

  /** @param sealed the private JWK */
  addSigningKey(key: SigningKey, sealed: Uint8Array): Promise<void>;
  /** Newest first. */
  signingKeys(domain: string): Promise<readonly SigningKey[]>;
  /** Undefined where the key is gone, or retired. */
  sealedSigningKey(id: string): Promise<Uint8Array | undefined>;
  /** Retires all keys of a domain but this one. */
  retireSigningKeys(domain: string, but: string, now: number): Promise<void>;
  /** What they signed is worth nothing any more. */
  removeRetiredSigningKeys(domain: string): Promise<void>;

  /**
   * Changes what is known of a key, while nobody else can. What `change` throws comes out, and nothing has changed.
   *
   * @param change gets undefined where nothing is known, and answers it to forget what is
   */
  changeLoginAttempts(
    key: string,
    change: (attempts: LoginAttempts | undefined) => LoginAttempts | undefined,
  ): Promise<void>;
  removeLoginAttemptsBefore(lastAt: number): Promise<void>;
}
