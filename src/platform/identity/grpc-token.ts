import { z } from 'zod';
import { CollectError } from '#model/errors.ts';
import type { Store } from '#store/store.ts';
import { DomainDefinition } from '#wire/gen/v2/spaceone/api/identity/v2/domain.ts';
import { IssueTokenRequest_AuthType, TokenDefinition } from '#wire/gen/v2/spaceone/api/identity/v2/token.ts';
import { requiredParameter } from '#wire/platform-error.ts';
import { implement, type Service } from '#wire/service.ts';
import { outcomeOf, recordAudit } from '../audit/audit.ts';
import type { MasterKey } from '../secret/master-key.ts';
import { addressOf, type Gate } from './grpc-caller.ts';
import { signIn } from './login.ts';
import { publicKeys } from './signing-keys.ts';
import { issueAccessToken } from './tokens.ts';

const usualLifeSeconds = 30 * 60;

const Credentials = z.object({ user_id: z.string().min(1), password: z.string().min(1) });

/** What is served of each; a method that is not here is answered with UNIMPLEMENTED. */
const Token = { ...TokenDefinition, methods: { issue: TokenDefinition.methods.issue } } as const;
const Domain = { ...DomainDefinition, methods: { get_public_key: DomainDefinition.methods.get_public_key } } as const;

/** Token.issue for people with a password. There are no refresh tokens: who needs another one signs in again. */
export function tokenV2(gate: Gate, store: Store, masterKey: MasterKey, now: () => number): Service {
  return implement(Token, {
    async issue({ credentials, auth_type, timeout, domain_id }, call) {
      if (auth_type !== IssueTokenRequest_AuthType.LOCAL && auth_type !== IssueTokenRequest_AuthType.NONE) {
        throw new CollectError('invalid_input', 'auth_type: LOCAL is the only one here', { where: 'auth_type' });
      }
      const domain = await gate.domainId();
      checkDomain(domain_id, domain);
      const parsed = Credentials.safeParse(credentials);
      if (!parsed.success) throw requiredParameter(`credentials.${parsed.error.issues[0]?.path.join('.') ?? ''}`);
      const { user_id: name, password } = parsed.data;
      const address = addressOf(call);
      const event = { action: 'token.issue', from: address } as const;
      const user = await signIn(store, { domain, name, password, address }, now()).catch(async (caught: unknown) => {
        const outcome = outcomeOf(CollectError.from(caught));
        // People type passwords into the wrong field: only a name that there is may be told.
        const actor = (await store.identity.userNamed(domain, name))?.name ?? 'nobody';
        if (outcome !== undefined) await recordAudit(store, { ...event, actor, outcome }, now());
        throw caught;
      });
      await recordAudit(store, { ...event, actor: user.name, actorId: user.id, outcome: 'ok' }, now());
      const lifeMs = (timeout || usualLifeSeconds) * 1000;
      return {
        access_token: await issueAccessToken(store, masterKey, user, { generation: 'V2', lifeMs }, now()),
      };
    },
  });
}

/** Domain.get_public_key: the newest one, which is no secret: a web page of ours shows all of them. */
export function domainV2(gate: Gate, store: Store): Service {
  return implement(Domain, {
    async get_public_key({ domain_id }) {
      const domain = await gate.domainId();
      checkDomain(domain_id, domain);
      const [newest] = await publicKeys(store, domain);
      if (newest === undefined) {
        throw new CollectError('not_found', 'nothing was ever signed here, and so there is no key', {
          fix: 'fleetgauge user api-key create',
        });
      }
      return { domain_id: domain, public_key: JSON.stringify(newest.jwk) };
    },
  });
}

function checkDomain(asked: string, own: string): void {
  if (asked !== '' && asked !== own) throw new CollectError('not_found', 'there is no such domain', { where: asked });
}
