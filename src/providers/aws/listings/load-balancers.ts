import {
  DescribeLoadBalancersCommand,
  ElasticLoadBalancingV2Client,
  type LoadBalancer,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { ResourceState } from '#model/resource.ts';
import type { RowResource } from '../resource.ts';
import type { RowSetId } from '../rows.ts';
import { type RowTypeId, traitsOf } from '../types.ts';
import type { ListingContext } from './context.ts';

const pageSize = 400;

/** Application and Network Load Balancers; Gateway Load Balancers are not measured. Free. @param types which of the two */
export async function* listLoadBalancers(
  context: ListingContext,
  types: ReadonlySet<string>,
): AsyncGenerator<RowResource[]> {
  const { clients, send, region, signal } = context;
  const client = clients.of(ElasticLoadBalancingV2Client, region);
  let marker: string | undefined;
  do {
    const input = { PageSize: pageSize, ...(marker === undefined ? {} : { Marker: marker }) };
    const reply = await send(
      { api: 'elasticloadbalancing:DescribeLoadBalancers', region },
      (abortSignal) => client.send(new DescribeLoadBalancersCommand(input), { abortSignal }),
      signal,
    );
    yield (reply.LoadBalancers ?? []).flatMap((balancer) => balancerOf(balancer, types, context));
    marker = reply.NextMarker || undefined;
  } while (marker !== undefined);
}

const kinds: Readonly<Record<string, { readonly type: RowTypeId; readonly rows: RowSetId }>> = {
  application: { type: 'alb', rows: 'application_load_balancer' },
  network: { type: 'nlb', rows: 'network_load_balancer' },
};

function balancerOf(
  balancer: LoadBalancer,
  types: ReadonlySet<string>,
  { account, region }: ListingContext,
): RowResource[] {
  const { LoadBalancerArn: id, LoadBalancerName: name, CreatedTime: createdAt, Type = '' } = balancer;
  const kind = kinds[Type];
  // `app/my-load-balancer/50dc6c495c0c9188`, as CloudWatch calls it.
  const [, dimension] = id?.split(':loadbalancer/') ?? [];
  if (id === undefined || name === undefined || dimension === undefined || kind === undefined || !types.has(kind.type))
    return [];
  return [
    {
      ...traitsOf(kind.type),
      provider: 'aws',
      account,
      region,
      id,
      name,
      state: stateOf(balancer.State?.Code),
      instanceType: Type,
      tags: {},
      externalLink: `https://${region}.console.aws.amazon.com/ec2/home?region=${region}#LoadBalancer:loadBalancerArn=${id}`,
      ...(createdAt === undefined ? {} : { createdAt: createdAt.getTime() / 1000 }),
      constants: {},
      rows: kind.rows,
      dimensions: [{ Name: 'LoadBalancer', Value: dimension }],
    },
  ];
}

function stateOf(code: string | undefined): ResourceState {
  switch (code) {
    case 'active':
    case 'active_impaired':
      return 'RUNNING';
    case 'provisioning':
      return 'PENDING';
    default:
      return 'UNKNOWN';
  }
}
