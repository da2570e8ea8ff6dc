import { z } from 'zod';
import { CollectError } from '#model/errors.ts';
import type { AskSecret, GivenFlags, SignIn } from '#model/sign-in.ts';

/** By the SDK's own chain where nothing is given: environment, shared files, SSO, the role of the machine. */
export const signIn: SignIn = {
  flags: [
    { name: 'profile', value: 'name', description: 'a profile of ~/.aws, SSO included' },
    {
      name: 'role-arn',
      value: 'arn',
      description: 'a role to assume; given again, the next one from there',
      repeats: true,
    },
    { name: 'external-id', value: 'id', description: 'for the last --role-arn' },
    {
      name: 'access-key-id',
      value: 'id',
      description: 'an access key; its secret is taken from AWS_SECRET_ACCESS_KEY, --secret-stdin or a prompt',
    },
    {
      name: 'web-identity-token-file',
      value: 'file',
      description: 'sign in to the first --role-arn by an OpenID token, as on EKS',
    },
    { name: 'instance-role', description: 'the role of the ECS task or EC2 instance that this runs on' },
    {
      name: 'home-region',
      value: 'region',
      description: 'where STS is asked',
      fallback: 'us-east-1',
      variable: 'AWS_REGION',
    },
  ],
  secretFrom,
  schema: async () => z.toJSONSchema((await import('./secret.ts')).AwsSecret, { io: 'input', unrepresentable: 'any' }),
  recommended: { id: 'role', kind: 'default', needs: ['assume.0.roleArn'], takes: ['assume.0.externalId'] },
};

async function secretFrom(given: GivenFlags, ask: AskSecret): Promise<object> {
  const roles = listOf(given['role-arn']);
  const from = await originFrom(given, roles, ask);
  const assumed = given['web-identity-token-file'] === undefined ? roles : roles.slice(1);
  const externalId = given['external-id'];
  if (externalId !== undefined && assumed.length === 0) {
    throw new CollectError('invalid_input', '--external-id needs a --role-arn that is assumed');
  }
  const assume = assumed.map((roleArn, at) => ({
    roleArn,
    ...(externalId !== undefined && at === assumed.length - 1 ? { externalId } : {}),
  }));
  const homeRegion = given['home-region'];
  return { from, assume, ...(homeRegion === undefined ? {} : { homeRegion }) };
}

const waysIn = ['profile', 'access-key-id', 'web-identity-token-file', 'instance-role'] as const;

async function originFrom(given: GivenFlags, [roleArn]: readonly string[], ask: AskSecret): Promise<object> {
  const ways = waysIn.filter((flag) => given[flag] !== undefined);
  const [way] = ways;
  if (ways.length > 1) {
    throw new CollectError(
      'invalid_input',
      `give one way in, not ${ways.length}: ${ways.map((flag) => `--${flag}`).join(', ')}`,
    );
  }
  switch (way) {
    case 'profile':
      return { kind: 'profile', profile: given.profile };
    case 'instance-role':
      return { kind: 'instance' };
    case 'web-identity-token-file':
      if (roleArn === undefined)
        throw new CollectError('invalid_input', '--web-identity-token-file needs a --role-arn');
      return { kind: 'web_identity', roleArn, tokenFile: given[way] };
    case 'access-key-id': {
      const secretAccessKey = await ask('secret access key', 'AWS_SECRET_ACCESS_KEY');
      const sessionToken = process.env.AWS_SESSION_TOKEN;
      return { kind: 'keys', accessKeyId: given[way], secretAccessKey, ...(sessionToken ? { sessionToken } : {}) };
    }
    default:
      return { kind: 'default' };
  }
}

function listOf(value: GivenFlags[string]): readonly string[] {
  if (value === undefined || value === true) return [];
  return typeof value === 'string' ? [value] : value;
}
