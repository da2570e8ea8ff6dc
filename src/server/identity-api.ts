import type { ApiKeyForm, Role, UserKind, UserState } from '#store/identity.ts';

/** GET /api/session, and what POST /api/login answers */
export interface SessionReply {
  /** `none`: there are no users yet, and whoever is at this machine may do all. */
  readonly sign_in: 'none' | 'required';
  /** The other way to sign in: a link to /api/login/oidc?return_to=… */
  readonly openid: { readonly name: string } | null;
  /** Null where nobody signed in, or nobody has to. */
  readonly user: UserRow | null;
  /** What may be done; null where nobody signed in. */
  readonly role: Role | null;
  readonly expires_at: string | null;
}

/** A row of GET /api/users */
export interface UserRow {
  readonly id: string;
  readonly kind: UserKind;
  /** A person's email. */
  readonly name: string;
  readonly role: Role;
  readonly state: UserState;
  readonly has_password: boolean;
  /** Of the OpenID provider that they came by. */
  readonly openid_issuer: string | null;
  readonly created_at: string;
  readonly last_login_at: string | null;
}

/** A row of GET /api/api-keys */
export interface ApiKeyRow {
  readonly id: string;
  readonly name: string;
  readonly form: ApiKeyForm;
  readonly created_at: string;
  readonly expires_at: string | null;
  readonly last_used_at: string | null;
}

/** What POST /api/api-keys answers: the only time that the key is told. */
export interface NewApiKeyReply extends ApiKeyRow {
  readonly secret: string;
}
