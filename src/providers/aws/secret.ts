import { z } from 'zod';
import { CollectError } from '#model/errors.ts';

const RoleArn = z
  .string()
  .regex(
    /^arn:aws[\w-]*:iam::\d{12}:role\/\S+$/,
    'is not a role ARN such as arn:aws:iam::123456789012:role/fleetgauge',
  );

const Role = z.strictObject({
  roleArn: RoleArn,
  externalId: z.string().min(2).max(1224).optional(),
  sessionName: z
    .string()
    .regex(/^[\w+=,.@-]{2,64}$/)
    .default('fleetgauge'),
});

const Origin = z.discriminatedUnion('kind', [
  z
    .strictObject({ kind: z.literal('default') })
    .describe('The SDK chain: environment, SSO, web identity, files, ECS and EC2 metadata.'),
  z
    .strictObject({ kind: z.literal('profile'), profile: z.string().min(1) })
    .describe('A profile of ~/.aws, SSO included.'),
  z
    .strictObject({
      kind: z.literal('keys'),
      accessKeyId: z.string().regex(/^\w{16,128}$/, 'is not an access key id'),
      secretAccessKey: z.string().min(16).meta({ writeOnly: true }),
      sessionToken: z.string().min(1).meta({ writeOnly: true }).optional(),
    })
    .describe('An access key, with the session token where it is a temporary one.'),
  z
    .strictObject({
      kind: z.literal('web_identity'),
      roleArn: RoleArn,
      tokenFile: z.string().min(1),
      sessionName: z.string().default('fleetgauge'),
    })
    .describe('A role by an OpenID token in a file, as on EKS.'),
  z.strictObject({ kind: z.literal('instance') }).describe('The role of the ECS task or EC2 instance that we run on.'),
]);

/** Every way into an AWS account (providers.md 1.7): where credentials come from, then the roles to assume, in order. */
export const AwsSecret = z.strictObject({
  from: Origin.default({ kind: 'default' }),
  assume: z.array(Role).max(4).default([]),
  /** Where STS and DescribeRegions are asked; another partition (China, GovCloud) needs one of its own. */
  homeRegion: z
    .string()
    .regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'is not a region such as eu-west-1')
    .default('us-east-1'),
  /** Overrides every service's endpoint; `AWS_ENDPOINT_URL*` of the environment count too. */
  endpoint: z.string().refine(isSafeEndpoint, 'must be https, or http to this machine').optional(),
});
export type AwsSecret = z.infer<typeof AwsSecret>;

/** @throws CollectError `invalid_input` naming the field, never its value */
export function parseSecret(input: unknown): AwsSecret {
  const parsed = AwsSecret.safeParse(input);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new CollectError(
    'invalid_input',
    `AWS credentials: ${issue?.path.join('.') || 'secret'}: ${issue?.message ?? 'malformed'}`,
  );
}

/** The environment can redirect every call: plain http leaves this machine neither by flag nor by variable. */
export function checkEnvironment(env: NodeJS.ProcessEnv): void {
  for (const [name, value] of Object.entries(env)) {
    if (name.startsWith('AWS_ENDPOINT_URL') && value && !isSafeEndpoint(value)) {
      throw new CollectError('invalid_input', `${name} must be https, or http to this machine`, { where: value });
    }
  }
}

function isSafeEndpoint(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname } = new URL(text);
  return protocol === 'https:' || (protocol === 'http:' && /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname));
}

/** `7F2Q`, of an access key id. */
export function keyHint(input: unknown): string | undefined {
  const { from } = parseSecret(input);
  return from.kind === 'keys' ? from.accessKeyId.slice(-4) : undefined;
}
