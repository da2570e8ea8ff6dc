import { DescribeInstanceTypesCommand, type EC2Client, type Instance } from '@aws-sdk/client-ec2';
import type { SimAccount } from '../../demo/aws/accounts.ts';
import { clients, keysOf, listInstances } from '../../demo/aws/sdk-clients.fixture.ts';
import type { CloudServer } from '../../demo/cloudforet/inventory/server.ts';

/** The servers of an account as AWS's own collector writes them into a platform's inventory, by the official SDK. */
export async function awsInventory(
  url: string,
  account: SimAccount,
  regions: readonly string[],
  secretId: string,
): Promise<CloudServer[]> {
  const found = await Promise.all(
    regions.map(async (region) => {
      const { ec2 } = clients({ url }, region, keysOf(account));
      const instances = await listInstances(ec2);
      const sizes = await sizesOf(ec2, instances);
      return instances.map((instance): CloudServer => {
        const { InstanceId: resourceId = '', InstanceType = '', State, Tags = [] } = instance;
        const tags = Object.fromEntries(Tags.map(({ Key = '', Value = '' }) => [Key, Value]));
        return {
          provider: 'aws',
          account: account.id,
          region,
          resourceId,
          name: tags.Name ?? resourceId,
          state: State?.Name?.toUpperCase() ?? '',
          instanceType: InstanceType,
          ...sizes.get(InstanceType),
          tags,
          secretId,
        };
      });
    }),
  );
  return found.flat();
}

async function sizesOf(ec2: EC2Client, instances: readonly Instance[]) {
  const names = [...new Set(instances.flatMap(({ InstanceType }) => InstanceType ?? []))];
  const { InstanceTypes = [] } = await ec2.send(new DescribeInstanceTypesCommand({ InstanceTypes: names }));
  return new Map(
    InstanceTypes.map(({ InstanceType = '', VCpuInfo, MemoryInfo }) => [
      InstanceType,
      { cores: VCpuInfo?.DefaultVCpus ?? 0, memoryGib: (MemoryInfo?.SizeInMiB ?? 0) / 1024 },
    ]),
  );
}
