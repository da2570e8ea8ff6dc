import type { CloudSecret } from './server.ts';

/** The platform's secrets, as its services look them up. */
export class Secrets {
  readonly #secrets: readonly CloudSecret[];
  readonly #workspaceId: string;
  readonly #gone: () => readonly string[];

  /**
   * @param workspaceId of secrets that name none
   * @param gone ids of those that are there no more
   */
  constructor(secrets: readonly CloudSecret[], workspaceId: string, gone: () => readonly string[]) {
    this.#secrets = secrets;
    this.#workspaceId = workspaceId;
    this.#gone = gone;
  }

  /** The first that fits; `secretIds` and `schemas` narrow only if they name any. */
  find({ provider, secretIds, schemas, workspaceId }: SecretQuery): CloudSecret | undefined {
    const gone = this.#gone();
    return this.#secrets.find(
      (secret) =>
        !gone.includes(secret.secretId) &&
        (provider === undefined || secret.provider === provider) &&
        (secretIds.length === 0 || secretIds.includes(secret.secretId)) &&
        (schemas.length === 0 || schemas.includes(secret.schema)) &&
        (workspaceId === undefined || [workspaceId, '*'].includes(secret.workspaceId ?? this.#workspaceId)),
    );
  }
}

interface SecretQuery {
  readonly provider?: string;
  readonly secretIds: readonly string[];
  readonly schemas: readonly string[];
  /** Sees only this workspace's. */
  readonly workspaceId?: string | undefined;
}
