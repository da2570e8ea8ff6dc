import { CloudWatchClient, type Dimension, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import {
  type _InstanceType,
  DescribeImagesCommand,
  EC2Client,
  RunInstancesCommand,
  StopInstancesCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import type { Sample } from './real-series.ts';

/** Of moto, which takes any. */
export interface Keys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

export interface Launched {
  readonly id: string;
  readonly volumeIds: readonly string[];
}

/** Sets up one region of an AWS with the official SDK. */
export class Seed implements Disposable {
  readonly #ec2: EC2Client;
  readonly #cloudwatch: CloudWatchClient;

  constructor(endpoint: string, region: string, credentials: Keys) {
    this.#ec2 = new EC2Client({ endpoint, region, credentials });
    this.#cloudwatch = new CloudWatchClient({ endpoint, region, credentials, disableRequestCompression: true });
  }

  async launch(name: string, type: _InstanceType, platform: 'linux' | 'windows' = 'linux'): Promise<Launched> {
    const { Images: images = [] } = await this.#ec2.send(new DescribeImagesCommand({ Owners: ['amazon'] }));
    const image = images.find(({ Platform }) => (Platform?.toLowerCase() === 'windows') === (platform === 'windows'));
    const { Instances: [instance] = [] } = await this.#ec2.send(
      new RunInstancesCommand({
        ImageId: image?.ImageId,
        InstanceType: type,
        MinCount: 1,
        MaxCount: 1,
        TagSpecifications: [{ ResourceType: 'instance', Tags: [{ Key: 'Name', Value: name }] }],
      }),
    );
    if (instance?.InstanceId === undefined) throw new Error(`moto did not launch ${name}`);
    const volumeIds = (instance.BlockDeviceMappings ?? []).flatMap(({ Ebs }) => Ebs?.VolumeId ?? []);
    return { id: instance.InstanceId, volumeIds };
  }

  async stop(id: string): Promise<void> {
    await this.#ec2.send(new StopInstancesCommand({ InstanceIds: [id] }));
  }

  async terminate(id: string): Promise<void> {
    await this.#ec2.send(new TerminateInstancesCommand({ InstanceIds: [id] }));
  }

  async put(
    namespace: string,
    metric: string,
    dimensions: Readonly<Record<string, string>>,
    samples: readonly Sample[],
  ): Promise<void> {
    const Dimensions: Dimension[] = Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value }));
    for (let at = 0; at < samples.length; at += 1000) {
      const MetricData = samples
        .slice(at, at + 1000)
        .map(({ time, value }) => ({ MetricName: metric, Dimensions, Timestamp: new Date(time * 1000), Value: value }));
      await this.#cloudwatch.send(new PutMetricDataCommand({ Namespace: namespace, MetricData }));
    }
  }

  [Symbol.dispose](): void {
    this.#ec2.destroy();
    this.#cloudwatch.destroy();
  }
}
