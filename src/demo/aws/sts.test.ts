import { ListMetricsCommand } from '@aws-sdk/client-cloudwatch';
import { DescribeRegionsCommand } from '@aws-sdk/client-ec2';
import { AssumeRoleCommand, AssumeRoleWithWebIdentityCommand, GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { fromTemporaryCredentials } from '@aws-sdk/credential-providers';
import { describe, expect, it } from 'vitest';
import { demoAccounts } from './accounts.ts';
import { clients, keysOf, listInstances, startTestCloud } from './sdk-clients.fixture.ts';

const [pay, core] = demoAccounts;
const reader = { RoleArn: `arn:aws:iam::${pay.id}:role/FleetgaugeReader`, RoleSessionName: 'test' };
const web = { RoleArn: `arn:aws:iam::${pay.id}:role/FleetgaugeWeb`, RoleSessionName: 'test' };

describe('who calls', () => {
  it('is told by GetCallerIdentity', async () => {
    const { sts } = clients(await startTestCloud());
    const identity = await sts.send(new GetCallerIdentityCommand({}));
    expect(identity).toMatchObject({ Account: pay.id, Arn: `arn:aws:iam::${pay.id}:user/demo-pay-prod` });
  });

  it.each([
    {
      name: 'an unknown key',
      credentials: { ...keysOf(pay), accessKeyId: 'AKIANOBODY0000000000' },
      errors: ['InvalidClientTokenId', 'AuthFailure', 'UnrecognizedClientException'],
    },
    {
      name: 'a wrong secret',
      credentials: { ...keysOf(pay), secretAccessKey: 'wrong' },
      errors: ['SignatureDoesNotMatch', 'SignatureDoesNotMatch', 'SignatureDoesNotMatch'],
    },
    {
      name: 'a session token that nobody issued',
      credentials: { ...keysOf(pay), sessionToken: 'made-up' },
      errors: ['InvalidClientTokenId', 'AuthFailure', 'UnrecognizedClientException'],
    },
  ])('is refused with $name, in the words of each service', async ({ credentials, errors }) => {
    const { sts, ec2, cloudwatch } = clients(await startTestCloud(), 'us-east-1', credentials);
    const refusals = await Promise.allSettled([
      sts.send(new GetCallerIdentityCommand({})),
      ec2.send(new DescribeRegionsCommand({})),
      cloudwatch.send(new ListMetricsCommand({})),
    ]);
    expect(refusals.map((refusal) => refusal.status === 'rejected' && refusal.reason.name)).toEqual(errors);
  });

  it.each([
    { minutes: 16, errors: ['RequestTimeTooSkewed', 'RequestExpired', 'RequestTimeTooSkewed'] },
    { minutes: -16, errors: ['RequestTimeTooSkewed', 'RequestExpired', 'RequestTimeTooSkewed'] },
    { minutes: 14, errors: [false, false, false] },
  ])('may be off by a quarter of an hour: $minutes minutes', async ({ minutes, errors }) => {
    const { sts, ec2, cloudwatch } = clients(await startTestCloud({ wallClock: () => Date.now() + minutes * 60_000 }));
    const answers = await Promise.allSettled([
      sts.send(new GetCallerIdentityCommand({})),
      ec2.send(new DescribeRegionsCommand({})),
      cloudwatch.send(new ListMetricsCommand({})),
    ]);
    expect(answers.map((answer) => answer.status === 'rejected' && answer.reason.name)).toEqual(errors);
  });

  it('is refused when the body is not what was signed', async () => {
    const cloud = await startTestCloud();
    const { sts } = clients(cloud);
    sts.middlewareStack.add(
      (next) => (args) => {
        const { request } = args;
        if (typeof request === 'object' && request !== null && 'body' in request)
          request.body = String(request.body).replace('test', 'evil');
        return next(args);
      },
      { step: 'finalizeRequest', priority: 'low' },
    );
    const forged = sts.send(new AssumeRoleCommand({ ...reader, ExternalId: 'demo-external-id' }));
    await expect(forged).rejects.toMatchObject({ name: 'SignatureDoesNotMatch' });
  });

  it('is refused without any signature', async () => {
    const { url } = await startTestCloud();
    const response = await fetch(url, { method: 'POST', body: 'Action=GetCallerIdentity&Version=2011-06-15' });
    expect(response.status).toBe(403);
    expect(await response.text()).toContain('<Code>MissingAuthenticationToken</Code>');
  });
});

describe('AssumeRole', () => {
  it('opens another account to one that the role trusts and that knows the external id', async () => {
    const cloud = await startTestCloud();
    const { sts } = clients(cloud, 'us-east-1', keysOf(core));
    const { Credentials, AssumedRoleUser } = await sts.send(
      new AssumeRoleCommand({ ...reader, ExternalId: 'demo-external-id' }),
    );
    expect(AssumedRoleUser?.Arn).toBe(`arn:aws:sts::${pay.id}:assumed-role/FleetgaugeReader/test`);
    const { AccessKeyId = '', SecretAccessKey = '', SessionToken = '' } = Credentials ?? {};
    const session = { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken };
    const own = clients(cloud, 'us-east-1', session);
    expect((await own.sts.send(new GetCallerIdentityCommand({}))).Account).toBe(pay.id);
    expect(await listInstances(own.ec2)).toHaveLength(360);
    const withoutToken = clients(cloud, 'us-east-1', { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey });
    await expect(withoutToken.ec2.send(new DescribeRegionsCommand({}))).rejects.toMatchObject({ name: 'AuthFailure' });
  });

  it.each([
    { name: 'no external id', from: core, input: reader },
    { name: 'a wrong external id', from: core, input: { ...reader, ExternalId: 'guess' } },
    { name: 'an account it does not trust', from: pay, input: { ...reader, ExternalId: 'demo-external-id' } },
    { name: 'an unknown role', from: pay, input: { ...reader, RoleArn: `arn:aws:iam::${pay.id}:role/Nobody` } },
  ])('denies $name', async ({ from, input }) => {
    const { sts } = clients(await startTestCloud(), 'us-east-1', keysOf(from));
    await expect(sts.send(new AssumeRoleCommand(input))).rejects.toMatchObject({
      name: 'AccessDenied',
      message: expect.stringContaining('is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::'),
    });
  });

  it('works through the credential provider of the SDK', async () => {
    const cloud = await startTestCloud();
    const provider = fromTemporaryCredentials({
      masterCredentials: keysOf(core),
      params: { ...reader, ExternalId: 'demo-external-id' },
      clientConfig: { endpoint: cloud.url, region: 'us-east-1' },
    });
    const { sts } = clients(cloud, 'us-east-1', await provider());
    expect((await sts.send(new GetCallerIdentityCommand({}))).Account).toBe(pay.id);
  });

  it('ends the session when its time is over', async () => {
    let late = 0;
    const cloud = await startTestCloud({ wallClock: () => Date.now() + late });
    const { sts } = clients(cloud, 'us-east-1', keysOf(core));
    const input = { ...reader, ExternalId: 'demo-external-id', DurationSeconds: 900 };
    const { Credentials } = await sts.send(new AssumeRoleCommand(input));
    const session = {
      accessKeyId: Credentials?.AccessKeyId ?? '',
      secretAccessKey: Credentials?.SecretAccessKey ?? '',
      sessionToken: Credentials?.SessionToken ?? '',
    };
    late = 901_000;
    const config = { systemClockOffset: late };
    const own = clients(cloud, 'us-east-1', session);
    for (const client of [own.sts, own.ec2, own.cloudwatch]) Object.assign(client.config, config);
    await expect(own.sts.send(new GetCallerIdentityCommand({}))).rejects.toMatchObject({ name: 'ExpiredToken' });
    await expect(own.ec2.send(new DescribeRegionsCommand({}))).rejects.toMatchObject({ name: 'RequestExpired' });
    await expect(own.cloudwatch.send(new ListMetricsCommand({}))).rejects.toMatchObject({
      name: 'ExpiredTokenException',
    });
  });

  it('refuses a session shorter than a quarter of an hour', async () => {
    const { sts } = clients(await startTestCloud(), 'us-east-1', keysOf(core));
    const input = { ...reader, ExternalId: 'demo-external-id', DurationSeconds: 60 };
    await expect(sts.send(new AssumeRoleCommand(input))).rejects.toMatchObject({ name: 'ValidationError' });
  });
});

describe('AssumeRoleWithWebIdentity', () => {
  it('opens the role for a token that it knows', async () => {
    const { sts } = clients(await startTestCloud());
    const answer = await sts.send(
      new AssumeRoleWithWebIdentityCommand({ ...web, WebIdentityToken: 'demo-web-identity-token' }),
    );
    expect(answer.Credentials?.SessionToken).toMatch(/./);
    expect(answer.AssumedRoleUser?.Arn).toContain('assumed-role/FleetgaugeWeb/test');
  });

  it.each([
    { name: 'an unknown token', input: { ...web, WebIdentityToken: 'guess' }, error: 'InvalidIdentityTokenException' },
    {
      name: 'a role that takes none',
      input: { ...reader, WebIdentityToken: 'demo-web-identity-token' },
      error: 'AccessDenied',
    },
  ])('refuses $name', async ({ input, error }) => {
    const { sts } = clients(await startTestCloud());
    await expect(sts.send(new AssumeRoleWithWebIdentityCommand(input))).rejects.toMatchObject({ name: error });
  });
});
