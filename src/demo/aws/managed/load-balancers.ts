import { element, isoTime } from '../xml.ts';
import type { ManagedCall } from './call.ts';
import { bornAt, type Managed } from './kinds.ts';
import { type Paging, pageOf } from './page.ts';

const paging: Paging = {
  size: 'PageSize',
  token: 'Marker',
  smallest: 1,
  largest: 400,
  shown: 400,
  refusal: 'ValidationError',
};

/** DescribeLoadBalancers of 2015: Application and Network Load Balancers. */
export function describeLoadBalancers(call: ManagedCall): string {
  const { resources, next } = pageOf(call, ['alb', 'nlb'], paging);
  return listXml('LoadBalancers', resources.map(balancerXml), next);
}

/** DescribeLoadBalancers of 2012: Classic Load Balancers. */
export function describeClassicLoadBalancers(call: ManagedCall): string {
  const { resources, next } = pageOf(call, ['clb'], paging);
  return listXml('LoadBalancerDescriptions', resources.map(classicXml), next);
}

function listXml(name: string, members: readonly string[], next: string | undefined): string {
  const list = members.map((member) => `<member>${member}</member>`).join('');
  return `<${name}>${list}</${name}>${next === undefined ? '' : element('NextMarker', next)}`;
}

function balancerXml(resource: Managed): string {
  return [
    element('LoadBalancerArn', resource.id),
    element('LoadBalancerName', resource.name),
    element('Type', resource.kind === 'alb' ? 'application' : 'network'),
    element('Scheme', 'internet-facing'),
    element('CreatedTime', isoTime(bornAt(resource))),
    `<State>${element('Code', 'active')}</State>`,
  ].join('');
}

function classicXml(resource: Managed): string {
  return [
    element('LoadBalancerName', resource.name),
    element('Scheme', 'internet-facing'),
    element('CreatedTime', isoTime(bornAt(resource))),
  ].join('');
}
