import { type Command, Option } from 'commander';
import { CollectError } from '#model/errors.ts';

export interface CredentialFlags {
  readonly profile?: string;
  readonly roleArn?: string[];
  readonly externalId?: string;
  readonly accessKeyId?: string;
  readonly webIdentityTokenFile?: string;
  readonly instanceRole?: boolean;
  readonly homeRegion?: string;
  readonly secretStdin?: boolean;
}

/** The ways into an account, as flags. Secrets themselves are never flags: others on this machine can read those. */
export function addCredentialFlags(command: Command): Command {
  return command
    .option('--profile <name>', 'a profile of ~/.aws, SSO included')
    .option('--role-arn <arn>', 'a role to assume; given again, the next one from there', collectInto, [])
    .option('--external-id <id>', 'for the last --role-arn')
    .option(
      '--access-key-id <id>',
      'an access key; its secret is taken from AWS_SECRET_ACCESS_KEY, --secret-stdin or a prompt',
    )
    .option('--web-identity-token-file <file>', 'sign in to the first --role-arn by an OpenID token, as on EKS')
    .option('--instance-role', 'the role of the ECS task or EC2 instance that this runs on')
    .option('--secret-stdin', 'read the secret access key from standard input')
    .addOption(new Option('--home-region <region>', 'where STS is asked').default('us-east-1').env('AWS_REGION'));
}

function collectInto(value: string, before: string[]): string[] {
  return [...before, value];
}

export function hasCredentialFlags(flags: CredentialFlags): boolean {
  const { profile, roleArn = [], accessKeyId, webIdentityTokenFile, instanceRole } = flags;
  return (
    [profile, accessKeyId, webIdentityTokenFile, instanceRole].some((flag) => flag !== undefined) || roleArn.length > 0
  );
}

/** The secret that the flags describe; the provider checks its form. @throws CollectError `invalid_input` */
export async function secretFrom(flags: CredentialFlags): Promise<unknown> {
  const roles = flags.roleArn ?? [];
  const from = await originFrom(flags);
  const assumed = flags.webIdentityTokenFile === undefined ? roles : roles.slice(1);
  if (flags.externalId !== undefined && assumed.length === 0) {
    throw new CollectError('invalid_input', '--external-id needs a --role-arn that is assumed');
  }
  const assume = assumed.map((roleArn, at) => ({
    roleArn,
    ...(flags.externalId !== undefined && at === assumed.length - 1 ? { externalId: flags.externalId } : {}),
  }));
  return { from, assume, ...(flags.homeRegion === undefined ? {} : { homeRegion: flags.homeRegion }) };
}

async function originFrom(flags: CredentialFlags): Promise<object> {
  const given = (['profile', 'accessKeyId', 'webIdentityTokenFile', 'instanceRole'] as const).filter(
    (flag) => flags[flag] !== undefined,
  );
  if (given.length > 1)
    throw new CollectError('invalid_input', `give one way in, not ${given.length}: ${given.join(', ')}`);
  if (flags.profile !== undefined) return { kind: 'profile', profile: flags.profile };
  if (flags.instanceRole) return { kind: 'instance' };
  if (flags.webIdentityTokenFile !== undefined) {
    const [roleArn] = flags.roleArn ?? [];
    if (roleArn === undefined) throw new CollectError('invalid_input', '--web-identity-token-file needs a --role-arn');
    return { kind: 'web_identity', roleArn, tokenFile: flags.webIdentityTokenFile };
  }
  if (flags.accessKeyId === undefined) return { kind: 'default' };
  const sessionToken = process.env.AWS_SESSION_TOKEN;
  const secretAccessKey = await readSecret(flags);
  return { kind: 'keys', accessKeyId: flags.accessKeyId, secretAccessKey, ...(sessionToken ? { sessionToken } : {}) };
}

async function readSecret({ secretStdin }: CredentialFlags): Promise<string> {
  if (secretStdin) return (await readAll(process.stdin)).trim();
  if (process.env.AWS_SECRET_ACCESS_KEY) return process.env.AWS_SECRET_ACCESS_KEY;
  if (!process.stdin.isTTY || !process.stderr.isTTY) {
    throw new CollectError('invalid_input', 'the secret access key is missing', {
      fix: 'set AWS_SECRET_ACCESS_KEY, or pipe it in with --secret-stdin',
    });
  }
  const { isCancel, password } = await import('@clack/prompts');
  const typed = await password({ message: 'Secret access key' });
  if (isCancel(typed)) throw new CollectError('cancelled', 'no secret was given');
  return typed;
}

async function readAll(stream: NodeJS.ReadStream): Promise<string> {
  stream.setEncoding('utf8');
  let text = '';
  for await (const chunk of stream) text += chunk;
  return text;
}
