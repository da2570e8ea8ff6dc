import {
  DescribeLoadBalancersCommand,
  ElasticLoadBalancingClient,
  type LoadBalancerDescription,
} from '@aws-sdk/client-elastic-load-balancing';
import type { RowResource } from '../resource.ts';
import { traitsOf } from '../types.ts';
import { type ListingContext, partitionOf } from './context.ts';

const pageSize = 400;

/** Classic Load Balancers, whose API is another one. Free. */
export async function* listClassicLoadBalancers(context: ListingContext): AsyncGenerator<RowResource[]> {
  const { clients, send, region, signal } = context;
  const client = clients.of(ElasticLoadBalancingClient, region);
  let marker: string | undefined;
  do {
    const input = { PageSize: pageSize, ...(marker === undefined ? {} : { Marker: marker }) };
    const reply = await send(
      { api: 'elasticloadbalancing:DescribeLoadBalancers', region },
      (abortSignal) => client.send(new DescribeLoadBalancersCommand(input), { abortSignal }),
      signal,
    );
    yield (reply.LoadBalancerDescriptions ?? []).flatMap((balancer) => balancerOf(balancer, context));
    marker = reply.NextMarker || undefined;
  } while (marker !== undefined);
}

function balancerOf(
  { LoadBalancerName: name, CreatedTime: createdAt }: LoadBalancerDescription,
  { account, region }: ListingContext,
): RowResource[] {
  if (name === undefined) return [];
  return [
    {
      ...traitsOf('elb'),
      provider: 'aws',
      account,
      region,
      id: `arn:${partitionOf(region)}:elasticloadbalancing:${region}:${account}:loadbalancer/${name}`,
      name,
      state: 'RUNNING',
      instanceType: 'classic',
      tags: {},
      externalLink: `https://${region}.console.aws.amazon.com/ec2/home?region=${region}#LoadBalancers:search=${name}`,
      ...(createdAt === undefined
        ? {}
        : { createdAt: createdAt.getTime() / 1000, idSince: createdAt.getTime() / 1000 }),
      constants: {},
      rows: 'classic_load_balancer',
      dimensions: [{ Name: 'LoadBalancerName', Value: name }],
    },
  ];
}
