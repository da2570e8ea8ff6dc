import type { Resource } from '#model/resource.ts';

/** An EC2 instance with what its measurement plan depends on. */
export interface Ec2Server extends Resource {
  /** How EBS traffic is counted: by the Nitro card, or only volume by volume (Xen, bare metal). */
  readonly ebs: 'instance' | 'volumes';
  readonly volumeIds: readonly string[];
  readonly hasInstanceStore: boolean;
  /** Host names that an agent without the InstanceId dimension may report under. */
  readonly hostNames: readonly string[];
  /** Declared distance of samples: 60 with detailed monitoring, else 300. Seconds; the truth is in the sample counts. */
  readonly monitoringSeconds: 60 | 300;
}
