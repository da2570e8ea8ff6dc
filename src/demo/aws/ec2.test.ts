import {
  DescribeInstancesCommand,
  DescribeInstanceTypesCommand,
  DescribeRegionsCommand,
  paginateDescribeInstanceTypes,
} from '@aws-sdk/client-ec2';
import { describe, expect, it } from 'vitest';
import { bigWorld, demoAccounts } from './accounts.ts';
import { instanceTypes } from './instance-types.ts';
import { clients, keysOf, listInstances, startTestCloud, testNow } from './sdk-clients.fixture.ts';

describe('DescribeInstances', () => {
  it.each([5, 97, 1000])('lists all once by pages of %i', async (pageSize) => {
    const { ec2 } = clients(await startTestCloud({ faults: { quotaMultiplier: 10 } }));
    const ids = (await listInstances(ec2, pageSize)).map(({ InstanceId }) => InstanceId);
    expect(ids).toHaveLength(360);
    expect(new Set(ids).size).toBe(360);
  });

  it('lists in another order each time, and pages of two listings do not mix', async () => {
    const { ec2 } = clients(await startTestCloud());
    const [one, two] = await Promise.all([listInstances(ec2), listInstances(ec2)]);
    const ids = (list: typeof one) => list.map(({ InstanceId }) => InstanceId ?? '');
    expect(ids(one)).not.toEqual(ids(two));
    expect(ids(one).sort()).toEqual(ids(two).sort());
  });

  it('gives 1,000 and a token when no page size is asked for', async () => {
    const accounts = bigWorld(2500);
    const { ec2 } = clients(await startTestCloud({ accounts }), 'us-east-1', keysOf(accounts[0]));
    const first = await ec2.send(new DescribeInstancesCommand({}));
    expect(first.Reservations).toHaveLength(1000);
    expect(first.NextToken).toMatch(/./);
    expect((await listInstances(ec2, 1000)).length).toBeGreaterThan(2470);
  });

  it.each([
    { name: 'a page of 4', input: { MaxResults: 4 }, error: 'InvalidParameterValue' },
    { name: 'a page of 1,001', input: { MaxResults: 1001 }, error: 'InvalidParameterValue' },
    { name: 'a made-up token', input: { MaxResults: 5, NextToken: 'abc' }, error: 'InvalidParameterValue' },
    {
      name: 'ids with a page size',
      input: { MaxResults: 5, InstanceIds: ['i-0'] },
      error: 'InvalidParameterCombination',
    },
    { name: 'an unknown id', input: { InstanceIds: ['i-0123456789abcdef0'] }, error: 'InvalidInstanceID.NotFound' },
    { name: 'no id at all', input: { InstanceIds: ['server-1'] }, error: 'InvalidInstanceID.Malformed' },
    {
      name: 'an unknown filter',
      input: { Filters: [{ Name: 'colour', Values: ['red'] }] },
      error: 'InvalidParameterValue',
    },
  ])('refuses $name', async ({ input, error }) => {
    const { ec2 } = clients(await startTestCloud());
    await expect(ec2.send(new DescribeInstancesCommand(input))).rejects.toMatchObject({ name: error });
  });

  it('refuses the token of another listing', async () => {
    const { ec2 } = clients(await startTestCloud());
    const { NextToken } = await ec2.send(new DescribeInstancesCommand({ MaxResults: 5 }));
    if (NextToken === undefined) throw new Error('no second page');
    const Filters = [{ Name: 'instance-state-name', Values: ['running'] }];
    await expect(ec2.send(new DescribeInstancesCommand({ MaxResults: 5, NextToken, Filters }))).rejects.toMatchObject({
      name: 'InvalidParameterValue',
    });
  });

  it('filters by state, tag and id', async () => {
    const { ec2 } = clients(await startTestCloud());
    const all = await listInstances(ec2, 1000);
    const found = await ec2.send(
      new DescribeInstancesCommand({
        Filters: [
          { Name: 'instance-state-name', Values: ['running', 'stopped'] },
          { Name: 'tag:Name', Values: ['web-prod-*'] },
        ],
      }),
    );
    const names = (found.Reservations ?? [])
      .flatMap(({ Instances }) => Instances ?? [])
      .map((i) => i.Tags?.find(({ Key }) => Key === 'Name')?.Value);
    const expected = all.filter((i) =>
      i.Tags?.some(({ Key, Value }) => Key === 'Name' && Value?.startsWith('web-prod-')),
    );
    expect(names.length).toBe(expected.length);
    expect(names.length).toBeGreaterThan(50);
    const one = all[0]?.InstanceId ?? '';
    const byId = await ec2.send(new DescribeInstancesCommand({ InstanceIds: [one] }));
    expect(byId.Reservations?.[0]?.Instances?.[0]?.InstanceId).toBe(one);
  });

  it('says of an instance what the real one does', async () => {
    const { ec2 } = clients(await startTestCloud());
    const all = await listInstances(ec2, 1000);
    const running = all.find((i) => i.State?.Name === 'running' && i.PlatformDetails === 'Windows');
    expect(running).toMatchObject({
      State: { Code: 16, Name: 'running' },
      StateTransitionReason: '',
      Hypervisor: 'xen',
      Platform: 'windows',
      PlatformDetails: 'Windows',
      Architecture: 'x86_64',
      Placement: { AvailabilityZone: expect.stringMatching(/^us-east-1[abc]$/) },
      PrivateDnsName: expect.stringMatching(/^ip-10-\d+-\d+-\d+\.ec2\.internal$/),
      PrivateIpAddress: expect.stringMatching(/^10\./),
      ImageId: expect.stringMatching(/^ami-0[0-9a-f]{16}$/),
      VpcId: expect.stringMatching(/^vpc-0[0-9a-f]{16}$/),
      SubnetId: expect.stringMatching(/^subnet-0[0-9a-f]{16}$/),
      LaunchTime: expect.any(Date),
    });
    expect(running?.BlockDeviceMappings?.[0]?.Ebs).toMatchObject({
      VolumeId: expect.stringMatching(/^vol-0/),
      AttachTime: expect.any(Date),
    });
    expect(running?.NetworkInterfaces?.[0]?.Attachment?.AttachTime).toEqual(expect.any(Date));
    expect(all.every(({ Hypervisor }) => Hypervisor === 'xen')).toBe(true);
    expect(new Set(all.map(({ Monitoring }) => Monitoring?.State))).toEqual(new Set(['enabled', 'disabled']));
    const stopped = all.find((i) => i.State?.Name === 'stopped');
    expect(stopped?.StateTransitionReason).toMatch(/^User initiated \(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d GMT\)$/);
  });

  it('tells the last start, while disks and network tell the first', async () => {
    const { ec2 } = clients(await startTestCloud());
    const restarted = (await listInstances(ec2, 1000)).find((i) =>
      i.Tags?.some(({ Value }) => Value?.startsWith('queue-worker-')),
    );
    const launched = (restarted?.LaunchTime?.getTime() ?? 0) / 1000;
    const attached = (restarted?.NetworkInterfaces?.[0]?.Attachment?.AttachTime?.getTime() ?? 0) / 1000;
    expect(testNow - launched).toBeLessThan(14 * 86_400);
    expect(testNow - attached).toBeGreaterThan(60 * 86_400);
  });

  it('shows terminated instances for an hour', async () => {
    let now = testNow;
    const { ec2 } = clients(await startTestCloud({ clock: () => now * 1000 }));
    const terminated = async () =>
      (await listInstances(ec2, 1000)).filter((i) => i.State?.Name === 'terminated').length;
    expect(await terminated()).toBeGreaterThan(0);
    now += 3600;
    expect(await terminated()).toBe(0);
  });
});

describe('DescribeInstanceTypes', () => {
  it('knows what the types are', async () => {
    const { ec2 } = clients(await startTestCloud());
    const { InstanceTypes = [] } = await ec2.send(
      new DescribeInstanceTypesCommand({ InstanceTypes: ['m5.large', 't2.micro', 'm5.metal', 'i3en.xlarge'] }),
    );
    const byName = Object.fromEntries(InstanceTypes.map((type) => [type.InstanceType, type]));
    expect(byName['m5.large']).toMatchObject({
      Hypervisor: 'nitro',
      BareMetal: false,
      InstanceStorageSupported: false,
      VCpuInfo: { DefaultVCpus: 2 },
      MemoryInfo: { SizeInMiB: 8192 },
      ProcessorInfo: { SupportedArchitectures: ['x86_64'] },
    });
    expect(byName['t2.micro']?.Hypervisor).toBe('xen');
    expect(byName['m5.metal']).toMatchObject({ BareMetal: true });
    expect(byName['m5.metal']?.Hypervisor).toBeUndefined();
    expect(byName['i3en.xlarge']).toMatchObject({
      InstanceStorageSupported: true,
      InstanceStorageInfo: { TotalSizeInGB: 2500 },
    });
  });

  it('pages through all types', async () => {
    const { ec2 } = clients(await startTestCloud());
    const names: (string | undefined)[] = [];
    for await (const page of paginateDescribeInstanceTypes({ client: ec2 }, { MaxResults: 7 })) {
      names.push(...(page.InstanceTypes ?? []).map(({ InstanceType }) => InstanceType));
    }
    expect(names.sort()).toEqual([...instanceTypes.keys()].sort());
  });

  it('fails whole for one unknown type, and for more than 100', async () => {
    const { ec2 } = clients(await startTestCloud());
    await expect(
      ec2.send(new DescribeInstanceTypesCommand({ InstanceTypes: ['m5.large', 'm5.16xlarge'] })),
    ).rejects.toMatchObject({ name: 'InvalidInstanceType' });
    const many = Array.from({ length: 101 }, () => 'm5.large' as const);
    await expect(ec2.send(new DescribeInstanceTypesCommand({ InstanceTypes: many }))).rejects.toMatchObject({
      name: 'InvalidParameterValue',
    });
  });
});

describe('regions', () => {
  it('lists the open ones, and with AllRegions the others too', async () => {
    const { ec2 } = clients(await startTestCloud());
    const open = await ec2.send(new DescribeRegionsCommand({}));
    const all = await ec2.send(new DescribeRegionsCommand({ AllRegions: true }));
    expect(open.Regions?.every(({ OptInStatus }) => OptInStatus === 'opt-in-not-required')).toBe(true);
    expect(
      all.Regions?.filter(({ OptInStatus }) => OptInStatus === 'not-opted-in').map(({ RegionName }) => RegionName),
    ).toEqual(['ap-east-1', 'me-south-1', 'af-south-1']);
    expect((all.Regions?.length ?? 0) - (open.Regions?.length ?? 0)).toBe(3);
  });

  it.each([
    { region: 'me-south-1', error: 'AuthFailure' },
    { region: 'ap-east-1', error: 'OptInRequired' },
  ])('$region is closed: $error', async ({ region, error }) => {
    const { ec2 } = clients(await startTestCloud(), region);
    await expect(ec2.send(new DescribeInstancesCommand({ MaxResults: 5 }))).rejects.toMatchObject({ name: error });
  });

  it('has no servers where there are none', async () => {
    const { ec2 } = clients(await startTestCloud(), 'eu-north-1');
    expect(await listInstances(ec2)).toEqual([]);
  });

  it('opens a region for the account that has servers there', async () => {
    const account = { ...demoAccounts[0], regions: { 'me-south-1': 3 } };
    const { ec2 } = clients(await startTestCloud({ accounts: [account] }), 'me-south-1');
    expect(await listInstances(ec2)).toHaveLength(3);
  });
});
