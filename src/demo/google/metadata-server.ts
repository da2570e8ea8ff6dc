import type { AccessTokens } from './access-tokens.ts';
import { type Identities, principalOf } from './identities.ts';
import type { SimProject } from './projects.ts';

/** What the metadata server of a simulated VM needs to answer. */
export interface MetadataCall {
  /** Behind `/computeMetadata/v1/`. */
  readonly path: string;
  readonly params: URLSearchParams;
  readonly project: SimProject;
  readonly identities: Identities;
  readonly tokens: AccessTokens;
  readonly tokenSeconds: number;
}

const allScopes = 'https://www.googleapis.com/auth/cloud-platform';

/** The metadata of a VM that runs as the reader; undefined for a key that it lacks. Texts are plain, tokens are JSON. */
export function metadataOf({
  path,
  params,
  project,
  identities,
  tokens,
  tokenSeconds,
}: MetadataCall): string | undefined {
  const { reader } = identities;
  const account = 'instance/service-accounts/(?:default|[^/]+@[^/]+)';
  switch (path.replace(new RegExp(`^${account}`), 'account').replace(/\/$/, '')) {
    case '':
      return 'instance/\nproject/\nuniverse/\n';
    case 'instance':
      return 'id\nservice-accounts/\nzone\n';
    case 'instance/service-accounts':
      return `default/\n${reader.email}/\n`;
    case 'account/email':
      return reader.email;
    case 'account/scopes':
      return `${allScopes}\n`;
    case 'account/token': {
      const scopes = params.get('scopes')?.split(',') ?? [allScopes];
      const { token } = tokens.issue(principalOf(reader), scopes, tokenSeconds);
      return JSON.stringify({ access_token: token, expires_in: tokenSeconds, token_type: 'Bearer' });
    }
    case 'project/project-id':
      return project.id;
    case 'project/numeric-project-id':
      return project.number;
    case 'universe/universe-domain':
    case 'universe/universe_domain':
      return 'googleapis.com';
    default:
      return undefined;
  }
}
